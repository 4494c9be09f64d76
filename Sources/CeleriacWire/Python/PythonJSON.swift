/// JSON text as Python's `json.dumps` writes it by default: a blank after each comma and colon, and ASCII only.
package enum PythonJSON {
    /// - Parameter compact: JSON text without blanks between its tokens.
    package static func text(of compact: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(compact.count + compact.count / 4)
        var isInString = false
        var place = 0
        while place < compact.count {
            let byte = compact[place]
            place += 1
            switch byte {
            case UInt8(ascii: "\\") where place < compact.count:
                text += [byte, compact[place]]
                place += 1
            case UInt8(ascii: "\""):
                isInString.toggle()
                text.append(byte)
            case UInt8(ascii: ","), UInt8(ascii: ":"): text += isInString ? [byte] : [byte, UInt8(ascii: " ")]
            case 0x7F...:
                let end = compact[place...].firstIndex { $0 < 0x80 } ?? compact.count
                for unit in String(decoding: compact[place - 1..<end], as: UTF8.self).utf16 { text += escaped(unit) }
                place = end
            default: text.append(byte)
            }
        }
        return text
    }

    private static func escaped(_ unit: UInt16) -> [UInt8] {
        let digits = String(unit, radix: 16)
        return Array(("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
    }
}
