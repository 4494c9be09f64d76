import CeleriacCore

/// One promise of a port, as a value: a sentence, and the steps that check the promise.
///
/// A test combines backends with checks; see ``BrokerCheck``. Each check needs an empty backend of its own, and reports
/// a broken promise by throwing ``BrokenPromise``, so it runs without a test library.
public struct Check<Subject: Sendable>: Sendable, CustomStringConvertible {
    /// The promise, as a sentence.
    public let name: String
    /// The abilities that a broker must have for the check to apply.
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
    ///   - subject: a new, empty backend on the clock `time`.
    ///   - time: the clock; the check moves it.
    /// - Throws: ``BrokenPromise``, or an unexpected error of the backend.
    public func run(_ subject: Subject, _ time: ManualTime) async throws {
        try await steps(subject, time)
    }

    /// Returns the same check for a store that is only known as a broker.
    func ofBroker() -> BrokerCheck {
        BrokerCheck(name, needs: needs) { broker, time in
            guard let subject = broker as? Subject else {
                throw BrokenPromise("\(type(of: broker)) is no \(Subject.self), as its type said", #fileID, #line)
            }
            try await run(subject, time)
        }
    }
}

/// The error for a promise that a backend broke, with the line of the check that detected it.
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

/// - Throws: ``BrokenPromise`` with this message, unless the condition holds.
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

/// Compares the numbers that the broker knows. That it knows those which its traits promise is a check of its own.
///
/// - Throws: ``BrokenPromise`` that shows both values, unless they are equal.
func expect(
    _ actual: QueueCounts, is expected: QueueCounts, _ what: String, file: String = #fileID, line: Int = #line
) throws(BrokenPromise) {
    let known = QueueCounts(
        ready: actual.ready ?? expected.ready, delayed: actual.delayed ?? expected.delayed,
        leased: actual.leased ?? expected.leased, dead: actual.dead ?? expected.dead,
        oldestReady: actual.delayed == nil ? expected.oldestReady : actual.oldestReady)
    try expect(known == expected, "\(what): expected \(expected), was \(actual)", file: file, line: line)
}

/// - Returns: the unwrapped value.
/// - Throws: ``BrokenPromise`` if the value is `nil`.
func require<Value>(
    _ value: Value?, _ what: String, file: String = #fileID, line: Int = #line
) throws(BrokenPromise) -> Value {
    guard let value else { throw BrokenPromise("\(what): there is none", file, line) }
    return value
}
