import CeleriacCore

/// The text encodings of pickles.
enum PickleText {
    /// Decodes UTF-8, in which Python writes surrogates like other characters.
    static func utf8(_ bytes: some Collection<UInt8>) -> PickleValue? {
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        return IllFormedString(bytes: bytes).map(PickleValue.illFormedString)
    }

    /// Decodes text of Python 2, which Python 3 reads as ASCII.
    static func ascii(_ bytes: some Collection<UInt8>) -> String? {
        bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// Decodes Latin-1, in which only `\uXXXX` and `\UXXXXXXXX` are escapes (Python's `raw-unicode-escape`).
    static func rawUnicodeEscaped(_ line: ArraySlice<UInt8>) -> PickleValue? {
        var text: [UInt8] = []
        var rest = line
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                append(UInt32(byte), to: &text)
                continue
            }
            if kind == UInt8(ascii: "u") || kind == UInt8(ascii: "U") {
                guard let code = number(&rest, digits: kind == UInt8(ascii: "u") ? 4 : 8), code <= 0x10FFFF else {
                    return nil
                }
                append(code, to: &text)
            } else {
                append(UInt32(byte), to: &text)
                append(UInt32(kind), to: &text)
            }
        }
        return utf8(text)
    }

    /// Decodes a Python 2 string literal in its quotes.
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

    /// Appends a code point as UTF-8, a surrogate as three bytes.
    private static func append(_ code: UInt32, to text: inout [UInt8]) {
        if let scalar = Unicode.Scalar(code) {
            text += UTF8.encode(scalar).map(Array.init) ?? []
        } else {
            text += [0xED, UInt8(code >> 6 & 0x3F | 0x80), UInt8(code & 0x3F | 0x80)]
        }
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int) -> UInt32? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        rest = rest.dropFirst(digits)
        return UInt32(String(decoding: text, as: UTF8.self), radix: 16)
    }
}
