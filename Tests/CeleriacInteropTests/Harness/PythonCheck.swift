import CeleriacCore
import Testing

/// A promise, and the Python code whose value shows that it is kept.
struct PythonCheck: Sendable, CustomTestStringConvertible {
    let promise: String
    let expected: JSONValue
    let code: String

    init(_ promise: String, gives expected: JSONValue = true, _ code: String) {
        self.promise = promise
        self.expected = expected
        self.code = code
    }

    var testDescription: String { promise }
}

extension PythonCheck {
    /// - Parameters:
    ///   - replacements: what stands for `$NAME` in the code.
    ///   - comment: what a failure tells besides.
    func run(
        on python: PythonClient, _ replacements: [String: String] = [:], _ comment: Comment? = nil
    ) async throws {
        var code = code
        for (name, text) in replacements { code = code.replacing("$" + name, with: text) }
        let value = try await python(code)
        #expect(value == expected, comment)
    }
}

extension Live {
    func expect(_ check: PythonCheck, _ replacements: [String: String] = [:]) async throws {
        try await check.run(on: python, replacements)
    }
}
