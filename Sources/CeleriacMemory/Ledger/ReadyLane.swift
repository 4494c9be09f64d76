/// The ready messages of one queue and priority, in the order in which they are claimed.
///
/// Almost all arrive in order and go through a ring. Messages that arrive out of order (given back, put at the front,
/// due earlier than the last) go into a heap next to it; a claim takes the lesser of the two heads.
struct ReadyLane {
    private var ring = PlaceRing()
    private var strays = PlaceHeap()
    /// The number of places that are not stale.
    private(set) var count = 0

    @inline(__always)
    mutating func push(_ place: Place) {
        count += 1
        // A message at the front must not enter the ring, whose instants are those at which its messages became due.
        if place.instant != -.infinity, ring.last.map({ $0 < place }) ?? true {
            ring.append(place)
        } else {
            strays.push(place)
        }
    }

    @inline(__always)
    mutating func pop(_ calls: borrowing CallTable) -> Int32? {
        while let place = removeFirst() {
            guard calls.isReady(place) else { continue }
            count -= 1
            return place.slot
        }
        return nil
    }

    /// Records that one of the places has become stale.
    mutating func forgetOne(_ calls: borrowing CallTable) {
        count -= 1
        guard ring.count + strays.count > 2 * count + 64 else { return }
        ring.removeAll { !calls.isReady($0) }
        strays.dropStale(live: 0) { calls.isReady($0) }
    }

    mutating func removeAll() { self = ReadyLane() }

    /// - Parameters:
    ///   - last: returns only the places behind this one.
    ///   - limit: returns at least this many of the first places, if there are as many.
    func places(_ calls: borrowing CallTable, after last: Place? = nil, limit: Int) -> [Place] {
        var places: [Place] = []
        for place in strays.places where calls.isReady(place) && last.map({ $0 < place }) ?? true {
            places.append(place)
        }
        var remaining = limit
        for index in ring.firstIndex(after: last)..<ring.count where remaining > 0 && calls.isReady(ring[index]) {
            places.append(ring[index])
            remaining -= 1
        }
        places.sort()
        return places
    }

    /// The instant at which the message that has been due longest became due.
    mutating func oldestDue(_ calls: borrowing CallTable) -> Double? {
        while let first = ring.first, !calls.isReady(first) { ring.removeFirst() }
        var oldest = ring.first?.instant
        for place in strays.places where calls.isReady(place) {
            let due = calls[place.slot].due
            oldest = min(oldest ?? due, due)
        }
        return oldest
    }

    @inline(__always)
    private mutating func removeFirst() -> Place? {
        guard let stray = strays.first else {
            guard let place = ring.first else { return nil }
            ring.removeFirst()
            return place
        }
        if let place = ring.first, place < stray {
            ring.removeFirst()
            return place
        }
        strays.removeFirst()
        return stray
    }
}
