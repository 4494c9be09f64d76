/// Reads a compiled zone file, as `zic` writes it: RFC 9636 (TZif), versions 1 to 4.
///
/// The file starts with a header and a block of 32-bit data; from version 2 on, a second header, a block of 64-bit
/// data, and a footer with the rule for the time after the last transition follow. All data is checked before it is
/// used.
struct ZoneFile {
    private var bytes: ZoneBytes

    /// The counts of a header, in the order of the file.
    private struct Header {
        let version: UInt8
        let utCount, standardCount, leapCount, transitionCount, typeCount, abbreviationCount: Int

        /// - Parameter width: the bytes of one point in time.
        func blockLength(width: Int) -> Int {
            transitionCount * (width + 1) + typeCount * 6 + abbreviationCount + leapCount * (width + 4) + standardCount
                + utCount
        }
    }

    /// - Throws: ``ZoneError`` if the bytes are not a zone file.
    static func rules(in bytes: [UInt8]) throws(ZoneError) -> ZoneRules {
        var file = ZoneFile(bytes: ZoneBytes(bytes))
        let header = try file.header()
        guard header.version >= UInt8(ascii: "2") else { return try file.block(header, width: 4).rules(after: nil) }
        try file.bytes.skip(header.blockLength(width: 4))
        let wide = try file.header()
        let block = try file.block(wide, width: 8)
        return block.rules(after: try file.footer())
    }

    private mutating func header() throws(ZoneError) -> Header {
        guard try bytes.take(4).elementsEqual("TZif".utf8) else { throw bytes.error("not a TZif file", back: 4) }
        let version = try bytes.take(1).first ?? 0
        try bytes.skip(15)
        let header = Header(
            version: version, utCount: try bytes.integer(4), standardCount: try bytes.integer(4),
            leapCount: try bytes.integer(4), transitionCount: try bytes.integer(4), typeCount: try bytes.integer(4),
            abbreviationCount: try bytes.integer(4)
        )
        try check(header)
        return header
    }

    private func check(_ header: Header) throws(ZoneError) {
        let counts = [
            header.utCount, header.standardCount, header.leapCount, header.transitionCount, header.typeCount,
            header.abbreviationCount,
        ]
        guard counts.allSatisfy({ (0...ZoneBytes.limit).contains($0) }) else {
            throw bytes.error("a count out of range")
        }
        guard header.typeCount <= 256, header.typeCount > 0 else {
            throw bytes.error("the number of time types must be from 1 to 256")
        }
        guard header.leapCount == 0 else { throw bytes.error("leap seconds are not supported") }
    }

    // MARK: Data

    private struct Block {
        let changes: [(instant: Int, offset: Int)]
        let first: Int

        /// Expands the rule of the footer into changes, up to the horizon.
        func rules(after footer: ZoneFooter?) -> ZoneRules {
            guard let footer else { return ZoneRules(first: first, changes: changes) }
            let last = changes.last?.instant ?? -ZoneFile.century
            return ZoneRules(first: first, changes: changes + footer.changes(after: last, until: Instant.horizon))
        }
    }

    /// A zone that has a rule and no history follows the rule from the year 1870 on.
    private static let century = 100 * 365 * 86_400

    private mutating func block(_ header: Header, width: Int) throws(ZoneError) -> Block {
        let instants = try times(header.transitionCount, width: width)
        let kinds = Array(try bytes.take(header.transitionCount))
        let offsets = try offsets(header.typeCount)
        try bytes.skip(header.blockLength(width: width) - header.transitionCount * (width + 1) - header.typeCount * 6)
        guard kinds.allSatisfy({ Int($0) < offsets.count }) else { throw bytes.error("transition to an unknown type") }
        return Block(changes: zip(instants, kinds).map { ($0, offsets[Int($1)]) }, first: offsets[0])
    }

    private mutating func times(_ count: Int, width: Int) throws(ZoneError) -> [Int] {
        var instants: [Int] = []
        for _ in 0..<count {
            // Some files begin with the Big Bang, which precedes every instant that callers ask about.
            let instant = max(try bytes.integer(width), -(1 << 59))
            guard instant < 1 << 59, instants.last.map({ $0 < instant || $0 == -(1 << 59) }) ?? true else {
                throw bytes.error("transitions out of order")
            }
            instants.append(instant)
        }
        return instants
    }

    private mutating func offsets(_ count: Int) throws(ZoneError) -> [Int] {
        var offsets: [Int] = []
        for _ in 0..<count {
            let offset = try bytes.integer(4)
            guard abs(offset) < ZoneRules.widest else { throw bytes.error("an offset of more than 26 hours from UTC") }
            offsets.append(offset)
            try bytes.skip(2)  // Daylight saving flag and abbreviation: no clock needs them.
        }
        return offsets
    }

    /// Reads the rule between two line feeds; `nil` if it is empty.
    private mutating func footer() throws(ZoneError) -> ZoneFooter? {
        let newline = UInt8(ascii: "\n")
        guard try bytes.take(1).first == newline else { throw bytes.error("no footer") }
        let text = bytes.rest.prefix { $0 != newline }
        let start = bytes.position
        try bytes.skip(text.count + 1)
        return text.isEmpty ? nil : try ZoneFooter(text, at: start)
    }
}
