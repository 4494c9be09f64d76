/// The ways in which pickles write text. A lone surrogate, which Python's strings can hold, becomes U+FFFD.
enum PickleText {
    /// UTF-8, in which Python writes surrogates like other characters.
    static func utf8(_ bytes: ArraySlice<UInt8>) -> String? {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var repaired: [UInt8] = []
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let isSurrogate =
                bytes[place] == 0xED && place + 2 < bytes.endIndex && (0xA0...0xBF).contains(bytes[place + 1])
                && (0x80...0xBF).contains(bytes[place + 2])
            if isSurrogate { repaired += [0xEF, 0xBF, 0xBD] } else { repaired.append(bytes[place]) }
            place += isSurrogate ? 3 : 1
        }
        return String(validating: repaired, as: UTF8.self)
    }

    /// Text of Python 2, which Python 3 reads as ASCII.
    static func ascii(_ bytes: some Collection<UInt8>) -> String? {
        bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// Latin-1, in which only `\uXXXX` and `\UXXXXXXXX` are escapes (Python's `raw-unicode-escape`).
    static func rawUnicodeEscaped(_ line: ArraySlice<UInt8>) -> String? {
        var text = String.UnicodeScalarView()
        var rest = line
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                text.append(Unicode.Scalar(byte))
                continue
            }
            if kind == UInt8(ascii: "u") || kind == UInt8(ascii: "U") {
                guard let scalar = scalar(&rest, digits: kind == UInt8(ascii: "u") ? 4 : 8) else { return nil }
                text.append(scalar)
            } else {
                text.append(Unicode.Scalar(byte))
                text.append(Unicode.Scalar(kind))
            }
        }
        return String(text)
    }

    /// A Python 2 string literal in its quotes.
    static func quoted(_ line: ArraySlice<UInt8>) -> String? {
        guard line.count >= 2, let quote = line.first, quote == line.last, "'\"".utf8.contains(quote) else {
            return nil
        }
        var content: [UInt8] = []
        var rest = line.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                content.append(byte)
                continue
            }
            guard let kind = rest.popFirst(), let unescaped = unescaped(kind, &rest) else { return nil }
            content.append(unescaped)
        }
        return ascii(content)
    }

    // MARK: Detail

    private static func unescaped(_ kind: UInt8, _ rest: inout ArraySlice<UInt8>) -> UInt8? {
        switch kind {
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): kind
        case UInt8(ascii: "x"): number(&rest, digits: 2).flatMap { UInt8(exactly: $0) }
        default: nil
        }
    }

    private static func scalar(_ rest: inout ArraySlice<UInt8>, digits: Int) -> Unicode.Scalar? {
        guard let code = number(&rest, digits: digits), code <= 0x10FFFF else { return nil }
        return Unicode.Scalar(code) ?? "\u{FFFD}"
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int) -> UInt32? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        rest = rest.dropFirst(digits)
        return UInt32(String(decoding: text, as: UTF8.self), radix: 16)
    }
}
