/// A set of small numbers: the values of one field, one bit each.
struct CronSet: Hashable, Sendable {
    private(set) var bits: UInt64 = 0

    init() {}
    init(bits: UInt64) { self.bits = bits }
    init(_ values: some Sequence<Int>) { for value in values { insert(value) } }

    var isEmpty: Bool { bits == 0 }

    func contains(_ value: Int) -> Bool { bits & 1 << UInt64(value) != 0 }

    mutating func insert(_ value: Int) { bits |= 1 << UInt64(value) }
    mutating func formUnion(_ other: CronSet) { bits |= other.bits }

    /// The smallest value that is at least the given one.
    func first(from value: Int) -> Int? {
        guard value < 64 else { return nil }
        let rest = bits & (UInt64.max << UInt64(max(0, value)))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }
}
