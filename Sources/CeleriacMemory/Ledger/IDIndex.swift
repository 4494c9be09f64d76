import CeleriacCore

/// Finds the slot of an id: a hash table with open addressing that stores only the hash of each id.
///
/// A dictionary would hash an id again whenever it grows and when the id is removed, with a slower hash made for
/// untrusted input; a message would spend most of its time there. Each process draws a random seed, so that nobody can
/// prepare ids that collide.
struct IDIndex {
    /// Upper half: the hash. Lower half: the slot plus one; zero marks an empty bucket.
    private var buckets: ContiguousArray<UInt64> = []
    private var count = 0

    private static let seed = UInt64.random(in: .min ... .max)

    /// The hash that the table stores and where a look-up starts (wyhash's folded multiplication, 16 bytes at a time).
    static func hash(of id: TaskID) -> UInt32 {
        var text = id.rawValue
        let folded = text.withUTF8 { bytes in
            var state = seed
            var offset = 0
            while offset + 16 <= bytes.count {
                state = fold(word(bytes, offset) ^ 0xA076_1D64_78BD_642F, word(bytes, offset + 8) ^ state)
                offset += 16
            }
            var (low, high): (UInt64, UInt64) = (0, 0)
            for index in offset..<bytes.count {
                (low, high) = (low << 8 | UInt64(bytes[index]), high << 8 | low >> 56)
            }
            return fold(low ^ 0xE703_7ED1_A0B4_28DB ^ UInt64(bytes.count), high ^ state)
        }
        return UInt32(truncatingIfNeeded: folded ^ (folded >> 32))
    }

    /// Returns the first slot under a hash that `isWanted` accepts.
    @inline(__always)
    func slot(_ hash: UInt32, where isWanted: (Int32) -> Bool) -> Int32? {
        guard !buckets.isEmpty else { return nil }
        var index = Int(hash) & mask
        while buckets[index] != 0 {
            if Self.hash(in: buckets[index]) == hash, isWanted(Self.slot(in: buckets[index])) {
                return Self.slot(in: buckets[index])
            }
            index = (index + 1) & mask
        }
        return nil
    }

    mutating func insert(_ slot: Int32, _ hash: UInt32) {
        if 4 * (count + 1) > 3 * buckets.count { grow() }
        place(UInt64(hash) << 32 | UInt64(UInt32(bitPattern: slot) + 1))
        count += 1
    }

    mutating func remove(_ slot: Int32, _ hash: UInt32) {
        guard !buckets.isEmpty else { return }
        let wanted = UInt64(hash) << 32 | UInt64(UInt32(bitPattern: slot) + 1)
        var index = Int(hash) & mask
        while buckets[index] != wanted {
            if buckets[index] == 0 { return }
            index = (index + 1) & mask
        }
        count -= 1
        closeGap(at: index)
    }

    private var mask: Int { buckets.count &- 1 }

    /// Moves entries up that a look-up could no longer reach across the gap.
    private mutating func closeGap(at start: Int) {
        var gap = start
        var index = (gap + 1) & mask
        while buckets[index] != 0 {
            let home = Int(Self.hash(in: buckets[index])) & mask
            if (index &- home) & mask >= (index &- gap) & mask {
                buckets[gap] = buckets[index]
                gap = index
            }
            index = (index + 1) & mask
        }
        buckets[gap] = 0
    }

    private mutating func grow() {
        let old = buckets
        buckets = ContiguousArray(repeating: 0, count: max(64, 2 * old.count))
        for bucket in old where bucket != 0 { place(bucket) }
    }

    private mutating func place(_ bucket: UInt64) {
        var index = Int(Self.hash(in: bucket)) & mask
        while buckets[index] != 0 { index = (index + 1) & mask }
        buckets[index] = bucket
    }

    @inline(__always)
    private static func hash(in bucket: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: bucket >> 32) }

    @inline(__always)
    private static func slot(in bucket: UInt64) -> Int32 {
        Int32(bitPattern: UInt32(truncatingIfNeeded: bucket) &- 1)
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int) -> UInt64 {
        UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
