/// The identity of one call of a task: any non-empty text, by default a random UUID.
///
/// Stays the same through every retry of the call.
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

/// The name of a queue: 1 to 200 characters out of letters, digits, `_`, `.`, `:` and `-` (ASCII).
///
/// The alphabet is what every broker can carry as a key, a table value or a routing key without quoting.
public struct QueueName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The queue of a task that names none, as in Celery.
    public static let `default`: QueueName = "celery"

    public let rawValue: String

    /// - Returns: `nil` where the text is not a queue name.
    public init?(rawValue: String) {
        guard Self.isValid(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// - Throws: ``CeleriacError`` with code `invalidName`, which says which character is at fault.
    public init(_ text: String) throws {
        guard Self.isValid(text) else {
            throw CeleriacError(
                .invalidName,
                "\"\(text.prefix(60).debugDescription.dropFirst().dropLast())\" is no queue name: "
                    + "use 1 to 200 of the characters A-Z a-z 0-9 _ . : -"
            )
        }
        rawValue = text
    }

    /// A literal is code, not input: an invalid one stops the program where it stands.
    public init(stringLiteral value: String) {
        precondition(Self.isValid(value), "\"\(value)\" is no queue name")
        rawValue = value
    }

    public var description: String { rawValue }

    private static func isValid(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && text.utf8.allSatisfy(isNameCharacter)
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
