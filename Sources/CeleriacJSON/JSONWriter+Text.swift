/// Writes strings and integers.
extension JSONWriter {
    package mutating func appendQuoted(_ text: String) {
        bytes.append(.quote)
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { appendEscaped($0) }
        if isDone == nil { Array(text.utf8).withUnsafeBufferPointer { appendEscaped($0) } }
        bytes.append(.quote)
    }

    /// Writes a text with lone surrogates, which become escapes, as in Python.
    package mutating func string(_ value: IllFormedString) {
        separate()
        appendQuoted(value)
    }

    mutating func appendQuoted(_ value: IllFormedString) {
        bytes.append(.quote)
        for piece in value.pieces {
            switch piece {
            case .text(let range): value.bytes[range].withUnsafeBufferPointer { appendEscaped($0) }
            case .surrogate(let unit):
                bytes += [.backslash, UInt8(ascii: "u")]
                for shift in [12, 8, 4, 0] { bytes.append(.hexDigit(of: UInt8(unit >> shift & 15))) }
            }
        }
        bytes.append(.quote)
    }

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var place = 0
        while let next = Self.nextEscape(in: text, from: place) {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<next]))
            appendEscape(of: text[next])
            start = next + 1
            place = start
        }
        if start < text.count { bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...])) }
    }

    /// Whether a text needs no escapes.
    package static func isWrittenAsItIs(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        nextEscape(in: text, from: 0) == nil
    }

    /// The end of the leading part of the text that is ASCII without quotes, backslashes and control characters.
    package static func endOfPlainText(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var place = start
        let raw = UnsafeRawBufferPointer(text)
        while place + 8 <= text.count,
            EightBytes.special(in: raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)) == 0
        {
            place += 8
        }
        while place < text.count {
            let byte = text[place]
            if byte == .quote || byte == .backslash || byte < 0x20 || byte >= 0x80 { break }
            place += 1
        }
        return place
    }

    private static func nextEscape(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var place = start
        let raw = UnsafeRawBufferPointer(text)
        while place + 8 <= text.count {
            let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            if EightBytes.special(in: word) & ~word != 0 { break }
            place += 8
        }
        while place < text.count {
            let byte = text[place]
            if byte < 0x20 || byte == .quote || byte == .backslash { return place }
            place += 1
        }
        return nil
    }

    private mutating func appendEscape(of byte: UInt8) {
        bytes.append(.backslash)
        switch byte {
        case .quote, .backslash: bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: [
                UInt8(ascii: "u"), .zero, .zero, .hexDigit(of: byte >> 4), .hexDigit(of: byte & 15),
            ])
        }
    }

    mutating func appendDecimal(_ magnitude: UInt64, isNegative: Bool) {
        if isNegative { bytes.append(.minus) }
        guard magnitude > 9 else { return bytes.append(.zero + UInt8(magnitude)) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = magnitude
            var start = 20
            while rest > 0 {
                start -= 1
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                digits[start] = .zero + UInt8(digit)
                rest = quotient
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Writes a value with sorted keys.
    package mutating func write(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): int(value)
        case .bigInteger(let digits):
            // A value made by hand could contain any text; written as a string it is harmless.
            if JSONScanner.isNumber(digits), !digits.hasPrefix("+") { raw(digits.utf8) } else { string(digits) }
        case .double(let value): double(value)
        case .string(let value): string(value)
        case .illFormedString(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { write(element) }
            endArray()
        case .object(let members):
            beginObject()
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                key(name)
                write(member)
            }
            endObject()
        }
    }
}
