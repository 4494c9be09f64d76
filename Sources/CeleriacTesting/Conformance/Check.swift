import CeleriacCore

/// One promise of a port, as a value: a sentence, and the steps that show whether it is kept.
///
/// A test multiplies backends by checks; see ``BrokerCheck``. A check wants a backend of its own that holds nothing
/// yet, and reports a broken promise by throwing ``BrokenPromise``: no test library is needed to run it.
public struct Check<Subject: Sendable>: Sendable, CustomStringConvertible {
    /// The promise, as a sentence.
    public let name: String
    /// What a broker must promise for the check to make sense.
    public let needs: Set<BrokerNeed>
    private let steps: @Sendable (Subject, ManualTime) async throws -> Void

    public init(
        _ name: String, needs: Set<BrokerNeed> = [],
        steps: @escaping @Sendable (Subject, ManualTime) async throws -> Void
    ) {
        self.name = name
        self.needs = needs
        self.steps = steps
    }

    public var description: String { name }

    /// - Parameters:
    ///   - subject: a fresh one, made with this `time`.
    ///   - time: moved by the check.
    /// - Throws: ``BrokenPromise``, or what the backend threw unexpectedly.
    public func run(_ subject: Subject, _ time: ManualTime) async throws {
        try await steps(subject, time)
    }

    /// The same check for a store that is known only as a broker.
    func ofBroker() -> BrokerCheck {
        BrokerCheck(name, needs: needs) { broker, time in
            guard let subject = broker as? Subject else {
                throw BrokenPromise("\(type(of: broker)) is no \(Subject.self), as its type said", #fileID, #line)
            }
            try await run(subject, time)
        }
    }
}

/// A promise that a backend did not keep, and the line of the check that found it.
public struct BrokenPromise: Error, Sendable, CustomStringConvertible {
    public let message: String
    public let file: String
    public let line: Int

    init(_ message: String, _ file: String, _ line: Int) {
        self.message = message
        self.file = file
        self.line = line
    }

    public var description: String { "\(message) (\(file):\(line))" }
}

/// - Throws: ``BrokenPromise`` with the words given, unless the condition holds.
func expect(
    _ condition: Bool, _ words: @autoclosure () -> String, file: String = #fileID, line: Int = #line
) throws(BrokenPromise) {
    guard condition else { throw BrokenPromise(words(), file, line) }
}

/// - Throws: ``BrokenPromise`` that shows both values, unless they are equal.
func expect<Value: Equatable>(
    _ actual: Value, is expected: Value, _ what: String, file: String = #fileID, line: Int = #line
) throws(BrokenPromise) {
    guard actual == expected else {
        throw BrokenPromise("\(what): expected \(expected), was \(actual)", file, line)
    }
}

/// - Returns: the value.
/// - Throws: ``BrokenPromise`` if there is none.
func require<Value>(
    _ value: Value?, _ what: String, file: String = #fileID, line: Int = #line
) throws(BrokenPromise) -> Value {
    guard let value else { throw BrokenPromise("\(what): there is none", file, line) }
    return value
}
