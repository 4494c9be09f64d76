/// Scans strings: finds their end, and decodes their text.
extension JSONScanner {
    /// The content of a string as written between its quotes.
    struct StringToken {
        let range: Range<Int>
        let hasEscapes: Bool
    }

    /// Scans a string, and checks its escapes and its UTF-8.
    mutating func scanString() throws(JSONError) -> StringToken {
        guard byte == .quote else { throw mismatch("a string") }
        let start = position + 1
        let isCut = limits.stringBytes < text.count - start
        let end = isCut ? start + limits.stringBytes + 1 : text.count
        var hasEscapes = false
        position = start
        while true {
            passPlainText(upTo: end)
            guard position < end else { break }
            switch text[position] {
            case .quote:
                position += 1
                return StringToken(range: start..<position - 1, hasEscapes: hasEscapes)
            case .backslash:
                hasEscapes = true
                try passEscape()
            case ..<0x20: throw syntax("a control character within a string")
            default: try passMultibyte()
            }
        }
        guard isCut else { throw syntax("") }
        throw JSONError(.stringTooLong, at: start, "a string of more than \(limits.stringBytes) bytes")
    }

    /// The text of a string token, with U+FFFD in place of lone surrogates.
    func lossyText(of token: StringToken) -> String { read(token).text }

    /// The text of a string token, as a key.
    func key(of token: StringToken) -> JSONKey {
        let (text, isIllFormed) = read(token)
        return isIllFormed ? JSONKey(illFormed(token)) : JSONKey(text)
    }

    /// Reads a string.
    ///
    /// - Throws: ``JSONError`` with code `loneSurrogate` if `String` cannot hold it, unless the limits replace lone
    ///   surrogates.
    mutating func string() throws(JSONError) -> String {
        skipBlanks()
        let start = position
        let (text, isIllFormed) = read(try scanString())
        guard !isIllFormed || limits.replacesLoneSurrogates else { throw Self.loneSurrogate(at: start) }
        return text
    }

    /// Reads a string for display, with U+FFFD in place of lone surrogates.
    mutating func lossyString() throws(JSONError) -> String {
        skipBlanks()
        return lossyText(of: try scanString())
    }

    /// Reads a string as a ``JSONValue``.
    mutating func stringValue() throws(JSONError) -> JSONValue {
        let token = try scanString()
        let (text, isIllFormed) = read(token)
        return isIllFormed ? .illFormedString(illFormed(token)) : .string(text)
    }

    static func loneSurrogate(at place: Int) -> JSONError {
        JSONError(
            .loneSurrogate, at: place,
            "the string contains a lone surrogate, as Python writes for a file name that is not UTF-8; String cannot represent it: "
                + "decode it as JSONValue, or set replacesLoneSurrogates in the app's limits.json")
    }

    private func read(_ token: StringToken) -> (text: String, isIllFormed: Bool) {
        let content = UnsafeBufferPointer(rebasing: text[token.range])
        return token.hasEscapes ? unescaped(content) : (String(decoding: content, as: UTF8.self), false)
    }

    /// Whether the token's text is `name`; makes no string.
    func matches(_ token: StringToken, _ name: StaticString) -> Bool {
        guard !token.hasEscapes, token.range.count == name.utf8CodeUnitCount else { return false }
        return text[token.range].elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: token.range.count))
    }

    // MARK: Detail

    @inline(__always)
    private mutating func passPlainText(upTo end: Int) {
        let raw = UnsafeRawBufferPointer(text)
        while position + 8 <= end,
            EightBytes.special(in: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)) == 0
        {
            position += 8
        }
        while position < end {
            let byte = text[position]
            if byte == .quote || byte == .backslash || byte < 0x20 || byte >= 0x80 { return }
            position += 1
        }
    }

    private mutating func passEscape() throws(JSONError) {
        position += 1
        switch byte {
        case .quote, .backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard byte.hexDigit != nil else { throw syntax("four hexadecimal digits must follow \\u") }
                position += 1
            }
        default: throw syntax("an unknown escape")
        }
    }

    /// Scans one character of two to four bytes (Unicode standard, table 3-7).
    private mutating func passMultibyte() throws(JSONError) {
        let start = position
        var second: ClosedRange<UInt8> = 0x80...0xBF
        let following: Int
        switch text[start] {
        case 0xC2...0xDF: following = 1
        case 0xE0: (following, second) = (2, 0xA0...0xBF)
        case 0xED: (following, second) = (2, 0x80...0x9F)
        case 0xE1...0xEF: following = 2
        case 0xF0: (following, second) = (3, 0x90...0xBF)
        case 0xF4: (following, second) = (3, 0x80...0x8F)
        case 0xF1...0xF3: following = 3
        default: throw JSONError(.notUTF8, at: start, "not UTF-8")
        }
        for index in 1...following {
            position += 1
            guard (index == 1 ? second : 0x80...0xBF).contains(byte) else {
                throw JSONError(.notUTF8, at: start, "not UTF-8")
            }
        }
        position += 1
    }

    /// - Parameter content: content that `scanString` accepted, so every escape is complete.
    private func unescaped(_ content: UnsafeBufferPointer<UInt8>) -> (text: String, isIllFormed: Bool) {
        var isIllFormed = false
        let text = String(unsafeUninitializedCapacity: content.count) { target in
            var length = 0
            Self.unescape(content) {
                target[length] = $0
                length += 1
            } surrogate: { _ in
                isIllFormed = true
                // U+FFFD, which takes as many bytes as the surrogate.
                for byte: UInt8 in [0xEF, 0xBF, 0xBD] {
                    target[length] = byte
                    length += 1
                }
            }
            return length
        }
        return (text, isIllFormed)
    }

    /// The text of a token that contains lone surrogates.
    private func illFormed(_ token: StringToken) -> IllFormedString {
        var bytes: [UInt8] = []
        Self.unescape(UnsafeBufferPointer(rebasing: text[token.range])) {
            bytes.append($0)
        } surrogate: { unit in
            bytes += [0xED, UInt8(unit >> 6 & 0x3F | 0x80), UInt8(unit & 0x3F | 0x80)]
        }
        return IllFormedString(checked: bytes)
    }

    /// Passes on the bytes of the text one by one, and its lone surrogates.
    ///
    /// An escape of six bytes, or a pair of twelve, becomes a character of at most three, or four, bytes.
    @inline(__always)
    private static func unescape(
        _ content: UnsafeBufferPointer<UInt8>, put: (UInt8) -> Void, surrogate: (UInt32) -> Void
    ) {
        var place = 0
        while place < content.count {
            guard content[place] == .backslash else {
                put(content[place])
                place += 1
                continue
            }
            let code = content[place + 1]
            place += 2
            guard code == UInt8(ascii: "u") else {
                put(character(ofEscape: code))
                continue
            }
            let value = codePoint(in: content, at: &place)
            if let scalar = Unicode.Scalar(value) { UTF8.encode(scalar)?.forEach(put) } else { surrogate(value) }
        }
    }

    private static func character(ofEscape code: UInt8) -> UInt8 {
        switch code {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: code
        }
    }

    /// The code point of `\uXXXX`, or of two of them that are a surrogate pair.
    private static func codePoint(in content: UnsafeBufferPointer<UInt8>, at place: inout Int) -> UInt32 {
        let first = hexadecimal(content, place)
        place += 4
        guard (0xD800...0xDBFF).contains(first), place + 6 <= content.count, content[place] == .backslash,
            content[place + 1] == UInt8(ascii: "u")
        else { return first }
        let second = hexadecimal(content, place + 2)
        guard (0xDC00...0xDFFF).contains(second) else { return first }
        place += 6
        return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }

    private static func hexadecimal(_ content: UnsafeBufferPointer<UInt8>, _ place: Int) -> UInt32 {
        (place..<place + 4).reduce(0) { $0 << 4 | UInt32(content[$1].hexDigit ?? 0) }
    }
}
