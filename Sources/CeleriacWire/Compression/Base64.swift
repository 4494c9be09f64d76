import CeleriacCore

/// Base64 (RFC 4648, 4) from bytes to bytes, for bodies in envelopes.
package enum Base64 {
    private static let alphabet: [UInt8] = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The value of each character; 0x40 or more if it has none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    private static let padding = UInt8(ascii: "=")

    /// The length of the base64 text for `count` bytes.
    static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        let length = length(of: bytes.count)
        return Array(unsafeUninitializedCapacity: length) { text, count in
            bytes.withUnsafeBufferPointer { encode($0, into: text) }
            count = length
        }
    }

    /// - Returns: `nil` if the text is not base64 with its padding.
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        text.withUnsafeBufferPointer { decode($0) }
    }

    /// Writes into uninitialised memory: `length(of:)` bytes.
    static func encode(_ bytes: UnsafeBufferPointer<UInt8>, into text: UnsafeMutableBufferPointer<UInt8>) {
        alphabet.withUnsafeBufferPointer { alphabet in
            func put(_ group: UInt32, at place: Int) {
                for position in 0..<4 {
                    let value = group >> (18 - 6 * UInt32(position)) & 63
                    text.initializeElement(at: place + position, to: alphabet[Int(value)])
                }
            }
            let whole = bytes.count / 3
            for group in 0..<whole {
                let at = group * 3
                put(UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]), at: group * 4)
            }
            let rest = bytes.count - whole * 3
            guard rest > 0 else { return }
            let second = rest == 2 ? UInt32(bytes[whole * 3 + 1]) << 8 : 0
            put(UInt32(bytes[whole * 3]) << 16 | second, at: whole * 4)
            text[whole * 4 + 3] = padding
            if rest == 1 { text[whole * 4 + 2] = padding }
        }
    }

    // MARK: Detail

    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        guard let last = text.last else { return [] }
        let padded = last != padding ? 0 : text[text.count - 2] == padding ? 2 : 1
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { bytes, count in
            isValid = decode(text, padded: padded, into: bytes)
            count = isValid ? text.count / 4 * 3 - padded : 0
        }
        return isValid ? bytes : nil
    }

    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>, padded: Int, into bytes: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        values.withUnsafeBufferPointer { values in
            var faults: UInt8 = 0
            func value(_ place: Int) -> UInt32 {
                let value = place < text.count - padded ? values[Int(text[place])] : 0
                faults |= value
                return UInt32(value)
            }
            for group in 0..<text.count / 4 {
                let (from, to) = (group * 4, group * 3)
                let word = value(from) << 18 | value(from + 1) << 12 | value(from + 2) << 6 | value(from + 3)
                bytes.initializeElement(at: to, to: UInt8(truncatingIfNeeded: word >> 16))
                bytes.initializeElement(at: to + 1, to: UInt8(truncatingIfNeeded: word >> 8))
                bytes.initializeElement(at: to + 2, to: UInt8(truncatingIfNeeded: word))
            }
            return faults < 0x40
        }
    }
}
