/// A binary heap of places, the least first.
///
/// Places that arrive in order, as leases of equal lengths do, need no sifting.
struct PlaceHeap {
    private(set) var places: [Place] = []

    var isEmpty: Bool { places.isEmpty }
    var count: Int { places.count }
    var first: Place? { places.first }

    mutating func push(_ place: Place) {
        places.append(place)
        siftUp(from: places.count - 1)
    }

    mutating func removeFirst() {
        let last = places.removeLast()
        guard !places.isEmpty else { return }
        places[0] = last
        siftDown(from: 0)
    }

    mutating func removeAll() { places.removeAll() }

    /// Drops stale places once they outnumber the `live` ones, so that the amortised cost of each is constant.
    @inline(__always)
    mutating func dropStale(live: Int, isLive: (Place) -> Bool) {
        guard places.count > 2 * live + 64 else { return }
        places.removeAll { !isLive($0) }
        for index in stride(from: places.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
    }

    private mutating func siftUp(from start: Int) {
        var index = start
        let place = places[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard place < places[parent] else { break }
            places[index] = places[parent]
            index = parent
        }
        places[index] = place
    }

    private mutating func siftDown(from start: Int) {
        var index = start
        let place = places[index]
        while true {
            var child = 2 * index + 1
            guard child < places.count else { break }
            if child + 1 < places.count, places[child + 1] < places[child] { child += 1 }
            guard places[child] < place else { break }
            places[index] = places[child]
            index = child
        }
        places[index] = place
    }
}
