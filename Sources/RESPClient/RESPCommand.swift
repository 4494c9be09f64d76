/// One command with its arguments, encoded as it is built.
///
/// ```swift
/// RESPCommand("LPUSH", key, message)
/// ```
public struct RESPCommand: Sendable, CustomStringConvertible, CustomReflectable {
    /// The number of words so far, the command's own name included.
    public private(set) var count = 0
    /// The words as RESP bulk strings, without the array header.
    package private(set) var bytes: [UInt8] = []

    /// The command's own name.
    public let name: String

    public init(_ name: StaticString, _ arguments: any RESPArgument...) {
        self.name = name.description
        append(self.name)
        for argument in arguments { argument.append(to: &self) }
    }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(raw: $0) }
    }

    public mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append(raw: $0) } }

    public mutating func append(_ number: some BinaryInteger) { append(String(number)) }

    public mutating func append(contentsOf words: [String]) { for word in words { append(word) } }

    /// Says the name only: arguments may be secret.
    public var description: String { "\(name) with \(count - 1) arguments" }
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }

    private mutating func append(raw word: UnsafeBufferPointer<UInt8>) {
        count += 1
        bytes.append(UInt8(ascii: "$"))
        bytes.append(contentsOf: String(word.count).utf8)
        bytes.append(13)
        bytes.append(10)
        bytes.append(contentsOf: word)
        bytes.append(13)
        bytes.append(10)
    }
}

/// What may be an argument of a command: text, bytes or whole numbers.
public protocol RESPArgument: Sendable {
    func append(to command: inout RESPCommand)
}

extension String: RESPArgument {
    public func append(to command: inout RESPCommand) { command.append(self) }
}

extension Int: RESPArgument {
    public func append(to command: inout RESPCommand) { command.append(self) }
}

extension Int64: RESPArgument {
    public func append(to command: inout RESPCommand) { command.append(self) }
}

extension [UInt8]: RESPArgument {
    public func append(to command: inout RESPCommand) { command.append(self) }
}
