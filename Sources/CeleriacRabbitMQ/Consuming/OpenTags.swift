/// The tags of the deliveries of one channel that wait for their settlement, the oldest first.
struct OpenTags {
    private var tags: [UInt64] = []

    /// The acks to send: one ack for all tags up to `upTo`, and a single one for each of `others`.
    struct Acks: Equatable {
        var upTo: UInt64?
        var others: [UInt64] = []
    }

    var count: Int { tags.count }

    /// The number of open deliveries with this tag or a later one.
    func count(from tag: UInt64) -> Int { tags.count - firstPlace(from: tag) }

    /// - Parameter tag: higher than all tags before, as the server counts them.
    mutating func append(_ tag: UInt64) { tags.append(tag) }

    mutating func remove(_ tag: UInt64) {
        guard let place = place(of: tag) else { return }
        tags.remove(at: place)
    }

    /// Removes tags that are acked.
    ///
    /// One ack may cover several deliveries only if none that is still open lies among them.
    mutating func ack(_ acked: [UInt64]) -> Acks {
        let acked = acked.sorted()
        let run = zip(tags, acked).prefix { $0 == $1 }.count
        tags.removeFirst(run)
        let others = Array(acked[run...])
        for tag in others { remove(tag) }
        guard run > 1 else { return Acks(others: acked.prefix(run) + others) }
        return Acks(upTo: acked[run - 1], others: others)
    }

    private func place(of tag: UInt64) -> Int? {
        let place = firstPlace(from: tag)
        return place < tags.count && tags[place] == tag ? place : nil
    }

    private func firstPlace(from tag: UInt64) -> Int {
        var (low, high) = (0, tags.count)
        while low < high {
            let middle = (low + high) / 2
            if tags[middle] < tag { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
