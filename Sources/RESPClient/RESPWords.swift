/// Words of a command, encoded as they are added: for example the arguments of a script, or words that many commands
/// share.
///
/// ```swift
/// var words: RESPWords = [queue, 30]
/// words.append(message)
/// ```
public struct RESPWords: Sendable, ExpressibleByArrayLiteral {
    public private(set) var count = 0
    /// The words as RESP bulk strings, one after another.
    package private(set) var bytes: [UInt8] = []

    public init() {}

    public init(arrayLiteral words: any RESPArgument...) {
        for word in words { word.append(to: &self) }
    }

    public init(_ words: some Sequence<String>) { append(contentsOf: words) }

    /// The number of bytes that the words take on the wire.
    public var size: Int { bytes.count }

    public mutating func reserveCapacity(_ bytes: Int) { self.bytes.reserveCapacity(bytes) }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(raw: $0) }
    }

    public mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append(raw: $0) } }

    public mutating func append(_ number: some BinaryInteger) { append(String(number)) }

    /// Adds several texts, joined, as one word.
    public mutating func append(joining first: String, _ second: String) {
        begin(first.utf8.count + second.utf8.count)
        bytes.append(contentsOf: first.utf8)
        bytes.append(contentsOf: second.utf8)
        end()
    }

    public mutating func append(contentsOf words: RESPWords) {
        count += words.count
        bytes.append(contentsOf: words.bytes)
    }

    public mutating func append(contentsOf words: some Sequence<String>) { for word in words { append(word) } }

    public static func + (first: RESPWords, second: RESPWords) -> RESPWords {
        var words = first
        words.append(contentsOf: second)
        return words
    }

    private mutating func append(raw word: UnsafeBufferPointer<UInt8>) {
        begin(word.count)
        bytes.append(contentsOf: word)
        end()
    }

    private mutating func begin(_ length: Int) {
        count += 1
        bytes.append(UInt8(ascii: "$"))
        bytes.append(decimal: length)
        end()
    }

    private mutating func end() {
        bytes.append(13)
        bytes.append(10)
    }
}

/// A type whose values can be words of a command: text, bytes or whole numbers.
public protocol RESPArgument: Sendable {
    func append(to words: inout RESPWords)
}

extension String: RESPArgument {
    public func append(to words: inout RESPWords) { words.append(self) }
}

extension Int: RESPArgument {
    public func append(to words: inout RESPWords) { words.append(self) }
}

extension Int64: RESPArgument {
    public func append(to words: inout RESPWords) { words.append(self) }
}

extension [UInt8]: RESPArgument {
    public func append(to words: inout RESPWords) { words.append(self) }

    /// Writes the digits of a length directly, without an intermediate string.
    fileprivate mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(truncatingIfNeeded: number % 10) + UInt8(ascii: "0"))
    }
}
