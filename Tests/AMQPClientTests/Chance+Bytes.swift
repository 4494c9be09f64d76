import NIOCore
import TestKit

extension Chance {
    mutating func bytes(_ counts: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: counts, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    mutating func text(_ counts: ClosedRange<Int> = 0...12) -> String {
        let letters = Array("abcdefghäö 日0123456789._-#*")
        return String(
            (0..<Int.random(in: counts, using: &self)).map { _ in letters.randomElement(using: &self) ?? "x" })
    }

    mutating func number<Number: FixedWidthInteger>() -> Number { .random(in: .min ... .max, using: &self) }
    mutating func bool() -> Bool { .random(using: &self) }

    mutating func buffers(of bytes: ByteBuffer) -> [ByteBuffer] {
        slices(of: Array(bytes.readableBytesView)).map { ByteBuffer(bytes: $0) }
    }

    /// Flips, loses, doubles and swaps bytes.
    mutating func mutate(_ bytes: inout [UInt8]) {
        for _ in 0..<Int.random(in: 1...8, using: &self) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &self)
            switch Int.random(in: 0..<4, using: &self) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(bytes[index], at: index)
            default: bytes.swapAt(index, Int.random(in: bytes.indices, using: &self))
            }
        }
    }
}
