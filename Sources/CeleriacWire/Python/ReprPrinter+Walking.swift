import CeleriacCore

/// Navigates text that may be invalid JSON: nothing here reads past its end.
extension ReprPrinter {
    /// The current byte; zero after the end.
    var byte: UInt8 { position < text.count ? text[position] : 0 }

    mutating func skipBlanks() {
        while byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// The position after the bracket that closes the one at `start`, or the end of the text if there is none.
    func endOfContainer(at start: Int) -> Int {
        var (depth, place, isInString) = (0, start, false)
        while place < text.count {
            switch text[place] {
            case UInt8(ascii: "\\") where isInString: place += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += isInString ? 0 : 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= isInString ? 0 : 1
                if depth == 0 { return place + 1 }
            default: break
            }
            place += 1
        }
        return text.count
    }

    /// Whether `name` occurs among the first bytes of the object at the position, as its first key.
    func contains(_ name: StaticString, before end: Int) -> Bool {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var place = position
        while place + name.count < end {
            if text[place] == name[0], text[place...].starts(with: name) { return true }
            place += 1
        }
        return false
    }

    /// Whether the array at `start` has exactly one element.
    func isLastElement(of start: Int) -> Bool {
        guard var reader = try? JSONReader(Array(text[start...]), limits: .checkedBefore) else { return false }
        guard (try? reader.beginArray()) != nil, (try? reader.nextElement()) == true else { return false }
        return (try? reader.skip()) != nil && (try? reader.nextElement()) == false
    }
}

/// A JSON string as `saferepr` shows it: in single quotes, control characters unchanged, cut if it is long.
struct ReprString {
    /// UTF-8, without the quotes around it.
    private(set) var content: [UInt8] = []
    /// The number of characters, as Python counts them.
    private(set) var count = 0
    /// The position after the closing quote.
    private(set) var end: Int

    init(in text: UnsafeBufferPointer<UInt8>, at start: Int, atMost limit: Int) {
        end = start
        while end < text.count, text[end] != UInt8(ascii: "\"") { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
        end = min(end, text.count)
        let raw = text[start..<end]
        end = min(end + 1, text.count)
        let isPlain = raw.count < limit && raw.allSatisfy(Self.isPlain)
        if isPlain {
            content = Array(raw)
            count = raw.count
        } else {
            cut(Self.unescaped(raw), to: limit)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte < 0x80 && byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "'")
    }

    private static func unescaped(_ raw: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
        let quoted = [UInt8(ascii: "\"")] + raw + [UInt8(ascii: "\"")]
        guard var reader = try? JSONReader(quoted, limits: .checkedBefore), let text = try? reader.lossyString() else {
            return String(decoding: raw, as: UTF8.self)
        }
        return text
    }

    private mutating func cut(_ text: String, to limit: Int) {
        var scalars = Array(text.unicodeScalars.prefix(limit))
        if scalars.count == limit {
            if let blank = scalars.lastIndex(of: " ") { scalars.removeSubrange(blank...) }
            scalars += "...".unicodeScalars
        }
        for scalar in scalars {
            if scalar == "'" { content.append(UInt8(ascii: "\\")) }
            count += scalar == "'" ? 2 : 1
            content += UTF8.encode(scalar).map(Array.init) ?? []
        }
    }
}
