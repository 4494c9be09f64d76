#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

extension TaskID {
    /// Makes a new unique id: a UUID of version 7 in lower case, with 48 bits of time and 74 random bits.
    ///
    /// Ids sort in the order in which they were made, which keeps a store's index of ids compact: with fully random ids
    /// the index becomes the most expensive part of a long queue.
    public static func random() -> TaskID {
        let milliseconds = UInt64(max(0, SystemTime().now.timeIntervalSince1970 * 1000))
        return TaskID(RandomBytes.shared.uuid(milliseconds: milliseconds))
    }
}

/// A buffer of random bytes, because asking the system for every sixteen bytes costs more than an id should.
final class RandomBytes: Sendable {
    static let shared = RandomBytes()

    private static let stock = 4096
    private let state = Guarded(State())

    private struct State {
        var bytes = [UInt8](repeating: 0, count: RandomBytes.stock)
        var used = RandomBytes.stock
    }

    /// Returns a UUID, version 7 (RFC 9562, 5.7), as text in lower case.
    ///
    /// - Parameter milliseconds: the time since 1970.
    func uuid(milliseconds: UInt64) -> String {
        let (high, low) = next()
        let first = milliseconds << 16 | 0x7000 | (high & 0x0FFF)
        let second = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for nibble in 0..<32 {
                if place == 8 || place == 13 || place == 18 || place == 23 {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                let word = nibble < 16 ? first : second
                text[place] = Self.digit(UInt8(truncatingIfNeeded: word >> (60 - 4 * UInt64(nibble & 15))) & 0xF)
                place += 1
            }
            return 36
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private func next() -> (UInt64, UInt64) {
        state.withLock { state in
            if state.used + 16 > state.bytes.count {
                Self.fill(&state.bytes)
                state.used = 0
            }
            defer { state.used += 16 }
            return state.bytes.withUnsafeBytes { bytes in
                (
                    bytes.loadUnaligned(fromByteOffset: state.used, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: state.used + 8, as: UInt64.self)
                )
            }
        }
    }

    private static func fill(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { buffer in
            // The system returns at most 256 bytes at a time.
            for offset in stride(from: 0, to: buffer.count, by: 256) {
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[offset..<min(offset + 256, buffer.count)])
                guard getentropy(part.baseAddress, part.count) == 0 else {
                    preconditionFailure("the system provides no random bytes: \(errno)")
                }
            }
        }
    }
}
