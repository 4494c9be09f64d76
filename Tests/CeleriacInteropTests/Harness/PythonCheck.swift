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

extension Live {
    /// - Parameter replacements: what stands for `$NAME` in the code.
    func expect(_ check: PythonCheck, _ replacements: [String: String] = [:]) async throws {
        var code = check.code
        for (name, text) in replacements { code = code.replacing("$" + name, with: text) }
        let value = try await python(code)
        #expect(value == check.expected)
    }
}
