/// The name of a queue: 1 to 255 bytes of text without control characters, such as `celery`, `w1@host.dq2` or
/// `Aufträge`.
///
/// Two names are equal if their bytes are equal, as on every broker: `é` as one scalar and `e` with a combining accent
/// name two queues. A name that Celeriac, kombu or Celery uses for something else, such as `unacked` or
/// `celery-task-meta-…`, is not a queue name; a broker may refuse further names, see ``QueueReserving``.
public struct QueueName: RawRepresentable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The queue of tasks that name no queue, as in Celery.
    public static let `default`: QueueName = "celery"

    public let rawValue: String

    /// - Returns: `nil` if the text is not a queue name.
    public init?(rawValue: String) {
        guard Self.flaw(in: rawValue) == nil else { return nil }
        self.rawValue = rawValue
    }

    /// - Throws: ``CeleriacError`` with code `invalidName`, which shows the text and says what is wrong with it.
    public init(_ text: String) throws {
        if let flaw = Self.flaw(in: text) { throw Self.refusal(of: text, flaw) }
        rawValue = text
    }

    /// A literal is code, not input: an invalid one is a programming error and stops the program.
    public init(stringLiteral value: String) {
        let flaw = Self.flaw(in: value)
        precondition(flaw == nil, "\"\(value)\" is not a queue name: \(flaw ?? "")")
        rawValue = value
    }

    public var description: String { rawValue }

    /// The error for a text that cannot name a queue.
    package static func refusal(of text: String, _ reason: String) -> CeleriacError {
        CeleriacError(.invalidName, "\"\(String(text.prefix(60)).onOneLine)\" is not a queue name: \(reason)")
    }

    /// The names that are reserved on every broker. `^text` reserves a prefix, `=text` an exact name, `$text` a suffix.
    package static var reservedPatterns: [String] { ReservedNames.patterns }

    private static let longest = 255

    /// - Returns: what is wrong with a name; `nil` if it is valid.
    private static func flaw(in text: String) -> String? {
        guard (1...longest).contains(text.utf8.count), !holdsControlCharacters(text) else {
            return "use 1 to \(longest) bytes and no control characters"
        }
        return ReservedNames.owner(of: text)
    }

    private static func holdsControlCharacters(_ text: String) -> Bool {
        let isPlain: (UnsafeBufferPointer<UInt8>) -> Bool = { $0.allSatisfy { (0x20..<0x7F).contains($0) } }
        if text.utf8.withContiguousStorageIfAvailable(isPlain) == true { return false }
        return text.unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }
}

extension QueueName: Hashable {
    public static func == (one: QueueName, other: QueueName) -> Bool {
        // Swift's strings are also equal if only their normal forms are: `é` has two spellings.
        let (one, other) = (one.rawValue.utf8, other.rawValue.utf8)
        guard one.count == other.count else { return false }
        let areSame = one.withContiguousStorageIfAvailable { bytes in
            other.withContiguousStorageIfAvailable { bytes.elementsEqual($0) }
        }
        return (areSame ?? nil) ?? one.elementsEqual(other)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
