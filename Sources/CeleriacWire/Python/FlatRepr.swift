/// The fast path for the arguments of most calls: few numbers and short texts.
enum FlatRepr {
    /// Longer arrays may have to be cut, which ``ReprPrinter`` does.
    private static let most = 200

    /// Shows a JSON array as a tuple.
    ///
    /// - Parameter json: an array, compact.
    /// - Returns: `nil` if the array contains anything but numbers and plain texts.
    static func tuple(of json: ArraySlice<UInt8>) -> [UInt8]? {
        guard json.count <= most else { return nil }
        var isFlat = true
        let text = [UInt8](unsafeUninitializedCapacity: 2 * json.count + 1) { text, count in
            func put(_ byte: UInt8) {
                text.initializeElement(at: count, to: byte)
                count += 1
            }
            var (isInText, commas) = (false, 0)
            put(UInt8(ascii: "("))
            for byte in json.dropFirst().dropLast() {
                switch byte {
                case UInt8(ascii: "\""):
                    isInText.toggle()
                    put(UInt8(ascii: "'"))
                case UInt8(ascii: ",") where !isInText:
                    commas += 1
                    put(byte)
                    put(UInt8(ascii: " "))
                default:
                    isFlat = isFlat && (isInText ? isPlain(byte) : isOfNumber(byte))
                    put(byte)
                }
            }
            if commas == 0, count > 1 { put(UInt8(ascii: ",")) }
            put(UInt8(ascii: ")"))
        }
        return isFlat ? text : nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "'")
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
