/// The bytes of a zone file, read from front to back; reading past the end throws.
struct ZoneBytes {
    /// The largest file that is read, in bytes. The largest file of the time zone database has 4 KiB.
    static let limit = 256 * 1024

    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var position: Int { rest.startIndex }

    mutating func take(_ count: Int) throws(ZoneError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw error("ends too early") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func skip(_ count: Int) throws(ZoneError) { _ = try take(count) }

    /// Reads a signed big-endian integer of 4 or 8 bytes.
    mutating func integer(_ width: Int) throws(ZoneError) -> Int {
        let word = try take(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return width == 4 ? Int(Int32(truncatingIfNeeded: word)) : Int(Int64(bitPattern: word))
    }

    func error(_ reason: String, back: Int = 0) -> ZoneError { ZoneError(reason: reason, offset: position - back) }
}
