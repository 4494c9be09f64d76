#if os(Linux)
    @testable import CrashReport
    import Foundation
    import Testing

    @Suite("Names out of ELF files")
    struct ELFSymbolsTests {
        private static func symbols(_ bytes: [UInt8]) -> ELFSymbols? {
            ELFSymbols { offset, count in
                guard offset < UInt64(bytes.count) else { return [] }
                return Array(bytes[Int(offset)...].prefix(count))
            }
        }

        @Test("files that are none have no names")
        func none() {
            #expect(Self.symbols([]) == nil)
            #expect(Self.symbols(Array("#!/bin/sh\n".utf8) + [UInt8](repeating: 0, count: 100)) == nil)
            #expect(Self.symbols([0x7F, 0x45, 0x4C, 0x46, 1, 1] + [UInt8](repeating: 0, count: 100)) == nil)
            #expect(
                Self.symbols([0x7F, 0x45, 0x4C, 0x46, 2, 1] + [UInt8](repeating: 0, count: 100))?.names(at: [1]) == [:])
            #expect(
                Self.symbols([0x7F, 0x45, 0x4C, 0x46, 2, 1] + [UInt8](repeating: 255, count: 100))?.names(at: [1])
                    == [:])
        }

        @Test("a file that was cut or garbled yields names or none, and no trap")
        func garbled() {
            var file = Tiny.file
            #expect(Self.symbols(file)?.names(at: [0x1004]) == [0x1004: "f"])
            for length in file.indices { _ = Self.symbols(Array(file.prefix(length)))?.names(at: [0x1004]) }
            var chance = SystemRandomNumberGenerator()
            for _ in 0..<20_000 {
                let place = Int.random(in: file.indices, using: &chance)
                let old = file[place]
                file[place] = .random(in: 0...255, using: &chance)
                let symbols = Self.symbols(file)
                _ = symbols?.names(at: [0, 0x1004, .max])
                _ = symbols?.buildID
                if Int.random(in: 0..<4, using: &chance) > 0 { file[place] = old }
            }
        }

        @Test("of overlapping functions the smallest counts, and the end is not inside")
        func bounds() {
            let symbols = Self.symbols(Tiny.file)
            #expect(
                symbols?.names(at: [0x0FFF, 0x1000, 0x1007, 0x1008, 0x10FF, 0x1100]) == [
                    0x1000: "f", 0x1007: "f", 0x1008: "outer", 0x10FF: "outer",
                ])
            #expect(symbols?.buildID == "abcd")
        }
    }

    /// The smallest file that has all that is read: two functions, `outer` of 256 bytes and `f` in its first 8, both at 4096.
    private enum Tiny {
        static var file: [UInt8] { header + sections + symbols + strings + note }

        private static let sectionsAt = 64, symbolsAt = 64 + 4 * 64
        private static let stringsAt = symbolsAt + 3 * 24, noteAt = stringsAt + 16

        private static let header: [UInt8] =
            [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + zeros(8) + half(3) + half(62) + quarter(1) + word(0) + word(0)
            + word(sectionsAt) + quarter(0) + half(64) + half(56) + half(0) + half(64) + half(4) + half(0)

        private static let sections: [UInt8] =
            section(0, at: 0, size: 0) + section(2, at: symbolsAt, size: 72, link: 2)
            + section(3, at: stringsAt, size: 16) + section(7, at: noteAt, size: 18)

        private static let symbols: [UInt8] = zeros(24) + symbol(1, size: 256) + symbol(7, size: 8)
        private static let strings: [UInt8] = [0] + Array("outer".utf8) + [0] + Array("f".utf8) + zeros(8)
        private static let note: [UInt8] = quarter(4) + quarter(2) + quarter(3) + Array("GNU".utf8) + [0, 0xAB, 0xCD]

        private static func section(_ type: Int, at offset: Int, size: Int, link: Int = 0) -> [UInt8] {
            quarter(0) + quarter(type) + word(0) + word(0) + word(offset) + word(size) + quarter(link) + quarter(0)
                + word(1) + word(0)
        }

        private static func symbol(_ name: Int, size: Int) -> [UInt8] {
            quarter(name) + [0x12, 0] + half(1) + word(0x1000) + word(size)
        }

        private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        private static func half(_ value: Int) -> [UInt8] { little(value, 2) }
        private static func quarter(_ value: Int) -> [UInt8] { little(value, 4) }
        private static func word(_ value: Int) -> [UInt8] { little(value, 8) }
        private static func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
    }
#endif
