/// SHA-1 (RFC 3174), used only to derive ids from names, and as the name by which a server knows a script: no security
/// depends on it.
package struct SHA1 {
    private var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]

    package init(of message: [UInt8]) {
        let blocks = Self.padded(message)
        for start in stride(from: 0, to: blocks.count, by: 64) { mix(Self.words(blocks[start..<start + 64])) }
    }

    /// The 20 bytes of the digest.
    package var bytes: [UInt8] {
        state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
    }

    /// The digest of the UTF-8 bytes: 40 hexadecimal digits in lower case.
    package static func digest(of text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = SHA1(of: Array(text.utf8)).bytes
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func padded(_ message: [UInt8]) -> [UInt8] {
        let zeros = [UInt8](repeating: 0, count: (119 - message.count % 64) % 64)
        let length = UInt64(message.count) * 8
        return message + [0x80] + zeros
            + stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> $0) }
    }

    /// The block's sixteen words, followed by the sixty-four that are derived from them.
    private static func words(_ block: ArraySlice<UInt8>) -> [UInt32] {
        var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
            block[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<80 {
            words.append(rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], by: 1))
        }
        return words
    }

    private mutating func mix(_ words: [UInt32]) {
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for (round, word) in words.enumerated() {
            let (function, constant) = Self.round(round, b, c, d)
            let next = Self.rotated(a, by: 5) &+ function &+ e &+ constant &+ word
            (e, d, c, b, a) = (d, c, Self.rotated(b, by: 30), a, next)
        }
        for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
    }

    private static func round(_ round: Int, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> (UInt32, UInt32) {
        switch round {
        case ..<20: ((b & c) | (~b & d), 0x5A82_7999)
        case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case ..<60: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
    }

    private static func rotated(_ word: UInt32, by bits: UInt32) -> UInt32 { word << bits | word >> (32 - bits) }
}
