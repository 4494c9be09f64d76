/// Finds the functions of an ELF file that contain given addresses. Reads only the necessary parts.
///
/// The file may contain anything: a malformed file yields no names. Reads only the 64-bit little-endian form, which all
/// machines that Swift supports use. Source: System V ABI, chapters 4 and 5 (ELF-64 object file format).
struct ELFSymbols {
    /// Returns `count` bytes from `offset` of the file, or fewer at its end.
    typealias Read = (_ offset: UInt64, _ count: Int) -> [UInt8]

    private let read: Read
    private let sections: [Section]
    /// The address in the file of the image's first byte.
    private let base: UInt64

    private struct Section {
        let type: UInt32, link: UInt32
        let offset: UInt64, size: UInt64
    }

    private enum Size {
        static let header = 64, section = 64, segment = 56, symbol = 24
        /// The number of symbols that are read at a time.
        static let symbolsAtOnce = 32_768
        static let longestName = 8_192
    }

    /// - Returns: `nil` if the file is not in this form.
    init?(_ read: @escaping Read) {
        let header = Bytes(read(0, Size.header))
        guard header.isELF else { return nil }
        self.read = read
        base = Self.base(header, read)
        sections = Self.sections(header, read)
    }

    /// The build ID, in hexadecimal digits. `nil` if the file has no build ID.
    var buildID: String? {
        sections.lazy.filter { $0.type == 7 && $0.size <= 4_096 }
            .compactMap { Self.buildID(in: Bytes(read($0.offset, Int($0.size)))) }.first
    }

    /// The linker's names of the functions that contain addresses.
    ///
    /// - Parameter offsets: counted from where the image's first byte lay in memory.
    /// - Returns: names by offset. An offset outside of all named functions is missing.
    func names(at offsets: Set<UInt64>) -> [UInt64: String] {
        let wanted = offsets.map { $0 &+ base }.sorted()
        guard !wanted.isEmpty,
            let table = sections.first(where: { $0.type == 2 }) ?? sections.first(where: { $0.type == 11 }),
            sections.indices.contains(Int(table.link))
        else { return [:] }
        let found = search(table, for: wanted)
        let strings = sections[Int(table.link)]
        var names: [UInt64: String] = [:]
        for (address, symbol) in found { names[address &- base] = name(at: symbol.name, in: strings) }
        return names
    }

    // MARK: The table of symbols

    private struct Found {
        let name: UInt32
        let size: UInt64
    }

    /// Reads the table once. Among overlapping functions, the smallest counts.
    private func search(_ table: Section, for wanted: [UInt64]) -> [UInt64: Found] {
        var found: [UInt64: Found] = [:]
        var offset: UInt64 = 0
        while offset < table.size {
            let count = min(UInt64(Size.symbolsAtOnce * Size.symbol), table.size - offset)
            let bytes = Bytes(read(table.offset &+ offset, Int(count)))
            guard bytes.count >= Size.symbol else { break }
            bytes.eachFunction { name, value, size in
                var index = wanted.partition(from: value)
                while index < wanted.count, wanted[index] - value < size {
                    if size < found[wanted[index]]?.size ?? .max {
                        found[wanted[index]] = Found(name: name, size: size)
                    }
                    index += 1
                }
            }
            offset += count
        }
        return found
    }

    private func name(at place: UInt32, in strings: Section) -> String? {
        guard UInt64(place) < strings.size else { return nil }
        let left = min(UInt64(Size.longestName), strings.size - UInt64(place))
        let bytes = read(strings.offset &+ UInt64(place), Int(left)).prefix { $0 != 0 }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Headers

    private static func sections(_ header: Bytes, _ read: Read) -> [Section] {
        let count = Int(header.half(60))
        let bytes = Bytes(read(header.word(40), count * Size.section))
        guard header.half(58) == Size.section, bytes.count == count * Size.section else { return [] }
        return (0..<count).map { index in
            let place = index * Size.section
            return Section(
                type: bytes.quarter(place + 4), link: bytes.quarter(place + 40), offset: bytes.word(place + 24),
                size: bytes.word(place + 32)
            )
        }
    }

    /// The address of the first loaded segment, rounded down to a page.
    private static func base(_ header: Bytes, _ read: Read) -> UInt64 {
        let count = Int(header.half(56))
        let bytes = Bytes(read(header.word(32), count * Size.segment))
        guard header.half(54) == Size.segment, bytes.count == count * Size.segment else { return 0 }
        let first = (0..<count).map { $0 * Size.segment }.filter { bytes.quarter($0) == 1 }.min {
            bytes.word($0 + 16) < bytes.word($1 + 16)
        }
        return first.map { bytes.word($0 + 16) & ~0xFFF } ?? 0
    }

    /// The contents of a note of type 3 whose owner is `GNU`.
    private static func buildID(in note: Bytes) -> String? {
        guard note.count > 16, note.quarter(0) == 4, note.quarter(8) == 3, note.quarter(12) == 0x0055_4E47 else {
            return nil
        }
        let size = Int(note.quarter(4))
        guard note.count >= 16 + size else { return nil }
        return note.bytes[16..<16 + size].map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// Bytes, read as little-endian numbers. Reading outside of them yields 0.
private struct Bytes {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }
    /// Whether the header has the magic bytes and announces 64-bit little-endian.
    var isELF: Bool { count == 64 && bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) }

    func half(_ place: Int) -> UInt16 { load(place) }
    func quarter(_ place: Int) -> UInt32 { load(place) }
    func word(_ place: Int) -> UInt64 { load(place) }

    private func load<Number: FixedWidthInteger>(_ place: Int) -> Number {
        guard place >= 0, place + MemoryLayout<Number>.size <= count else { return 0 }
        return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self)) }
    }

    /// Visits the functions of a symbol table, including those that are chosen at load time.
    func eachFunction(_ visit: (_ name: UInt32, _ value: UInt64, _ size: UInt64) -> Void) {
        bytes.withUnsafeBytes { bytes in
            var place = 0
            while place + 24 <= bytes.count {
                let type = bytes[place + 4] & 15
                let size = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place + 16, as: UInt64.self))
                if type == 2 || type == 10, size > 0 {
                    let name = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
                    let value = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self))
                    visit(name, value, size)
                }
                place += 24
            }
        }
    }
}

extension [UInt64] {
    /// The index of the first element that is not less than `value`. The array must be sorted.
    fileprivate func partition(from value: UInt64) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
