/// Places in rising order, appended at the end and removed from the front: a ring buffer.
struct PlaceRing {
    /// The capacity is a power of two, or zero.
    private var buffer: ContiguousArray<Place> = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var first: Place? { count == 0 ? nil : buffer[head] }
    var last: Place? { count == 0 ? nil : self[count - 1] }

    /// `index` counts from the front.
    subscript(index: Int) -> Place { buffer[(head &+ index) & (buffer.count &- 1)] }

    /// The index of the first place behind another one; `count` if there is no such place.
    func firstIndex(after last: Place?) -> Int {
        guard let last else { return 0 }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if last < self[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }

    mutating func append(_ place: Place) {
        if count == buffer.count { resize(to: max(16, 2 * count)) }
        buffer[(head &+ count) & (buffer.count &- 1)] = place
        count &+= 1
    }

    mutating func removeFirst() {
        head = (head &+ 1) & (buffer.count &- 1)
        count &-= 1
        // A queue that held a million messages releases memory while it drains.
        if count < buffer.count / 8, buffer.count > 4096 { resize(to: buffer.count / 4) }
    }

    mutating func removeAll() { self = PlaceRing() }

    mutating func removeAll(where isUnwanted: (Place) -> Bool) {
        var kept = PlaceRing()
        for index in 0..<count where !isUnwanted(self[index]) { kept.append(self[index]) }
        self = kept
    }

    private mutating func resize(to size: Int) {
        var larger = ContiguousArray<Place>()
        larger.reserveCapacity(size)
        for index in 0..<count { larger.append(self[index]) }
        for _ in count..<size { larger.append(.none) }
        buffer = larger
        head = 0
    }
}
