/// UUIDs that follow from a name.
package enum UUID5 {
    /// Of our own, made once at random: 5b0f6c1e-6f0a-4d0e-9a6e-3c1d6f2b8a47.
    package static let namespace: [UInt8] = [
        0x5B, 0x0F, 0x6C, 0x1E, 0x6F, 0x0A, 0x4D, 0x0E, 0x9A, 0x6E, 0x3C, 0x1D, 0x6F, 0x2B, 0x8A, 0x47,
    ]

    /// RFC 9562, 5.5, in lower case.
    package static func text(of name: String, in namespace: [UInt8] = namespace) -> String {
        var bytes = Array(SHA1Digest.bytes(of: namespace + Array(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text: [UInt8] = []
        for (place, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(place) { text.append(.minus) }
            text.append(.hexDigit(of: byte >> 4))
            text.append(.hexDigit(of: byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// FIPS 180-4, 6.1. For names, not for secrets.
package enum SHA1Digest {
    package static func bytes(of message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        padded += (0..<8).map { UInt8(truncatingIfNeeded: (UInt64(message.count) * 8) >> (56 - 8 * UInt64($0))) }
        var words = [UInt32](repeating: 0, count: 80)
        for start in stride(from: 0, to: padded.count, by: 64) { add(padded[start..<start + 64], to: &state, &words) }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
    }

    private static func add(_ block: ArraySlice<UInt8>, to state: inout [UInt32], _ words: inout [UInt32]) {
        for place in 0..<16 {
            words[place] = (0..<4).reduce(0) { $0 << 8 | UInt32(block[block.startIndex + 4 * place + $1]) }
        }
        for place in 16..<80 {
            words[place] = rotated(words[place - 3] ^ words[place - 8] ^ words[place - 14] ^ words[place - 16], by: 1)
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for place in 0..<80 {
            let (mix, constant) = step(place, b, c, d)
            (a, b, c, d, e) = (rotated(a, by: 5) &+ mix &+ e &+ constant &+ words[place], a, rotated(b, by: 30), c, d)
        }
        for (place, value) in [a, b, c, d, e].enumerated() { state[place] &+= value }
    }

    private static func step(_ place: Int, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> (mix: UInt32, constant: UInt32) {
        switch place {
        case 0..<20: (b & c | ~b & d, 0x5A82_7999)
        case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case 40..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
    }

    private static func rotated(_ word: UInt32, by count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}
