/// The identity of one call of a task: any non-empty text, by default a random UUID.
///
/// The id stays the same through every retry of the call.
public struct TaskID: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ text: String) { rawValue = text }
    public init(stringLiteral value: String) { rawValue = value }

    public var description: String { rawValue }
}

/// The name under which a task is registered and sent, for example `Signup.sendWelcomeEmail` or `tasks.add`.
public struct TaskName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ text: String) { rawValue = text }
    public init(stringLiteral value: String) { rawValue = value }

    public var description: String { rawValue }
}
