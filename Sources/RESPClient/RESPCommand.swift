/// One command with its arguments, encoded while it is built.
///
/// ```swift
/// RESPCommand("LPUSH", key, message)
/// ```
public struct RESPCommand: Sendable, CustomStringConvertible, CustomReflectable {
    /// The name of the command.
    public let name: String
    private var words = RESPWords()

    public init(_ name: StaticString, _ arguments: any RESPArgument...) {
        self.name = name.description
        append(self.name)
        for argument in arguments { argument.append(to: &words) }
    }

    /// The number of words so far, including the name.
    public var count: Int { words.count }
    /// The words as RESP bulk strings, without the array header.
    package var bytes: [UInt8] { words.bytes }

    /// The first argument, which most commands use for the key; `nil` if there are no arguments.
    package var key: String? {
        // $<length of the name>, the name, $<length of the key>, the key.
        let lines = words.bytes.prefix(64 << 10).split(separator: 10, maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4, let length = Int(String(decoding: lines[2].dropFirst().dropLast(), as: UTF8.self))
        else {
            return nil
        }
        return String(decoding: lines[3].prefix(length), as: UTF8.self)
    }

    public mutating func reserveCapacity(_ bytes: Int) { words.reserveCapacity(bytes) }

    public mutating func append(_ text: String) { words.append(text) }

    public mutating func append(_ bytes: [UInt8]) { words.append(bytes) }

    public mutating func append(_ number: some BinaryInteger) { words.append(number) }

    public mutating func append(contentsOf words: some Sequence<String>) { self.words.append(contentsOf: words) }

    public mutating func append(contentsOf words: RESPWords) { self.words.append(contentsOf: words) }

    /// Contains the name only: arguments may be secret.
    public var description: String { "\(name) with \(count - 1) arguments" }
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
