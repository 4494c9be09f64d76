extension Backend {
    /// Returns this backend with the results of another one.
    ///
    /// The ports that both initialisers would have chosen are chosen again, with the new result backend in place of the
    /// old one. Ports that were set by hand stay: on this backend those of the broker, on the other one those that
    /// belong to its results.
    package func withResults(of other: Backend) -> Backend {
        var changed = Backend(broker: broker, results: other.results)
        (changed.url, changed.resultsURL) = (url, other.resultsURL)
        changed.brokerSeesRevocations = brokerSeesRevocations
        changed.chords = other.chords
        changed.deriving = other.deriving
        changed.serializing = other.serializing
        changed.replies = other.replies
        changed.resultsUpkeep = other.resultsUpkeep ?? changed.resultsUpkeep
        changed.keepPorts(of: self, setBesides: Backend(broker: broker, results: results))
        return changed
    }

    /// Takes over each port of `other` that differs from the one in `usual`.
    private mutating func keepPorts(of other: Backend, setBesides usual: Backend) {
        func keep<Port>(_ port: WritableKeyPath<Backend, Port?>) {
            guard !Self.isSame(other[keyPath: port], usual[keyPath: port]) else { return }
            self[keyPath: port] = other[keyPath: port]
        }
        keep(\.scheduleBroker)
        keep(\.schedule)
        keep(\.revocations)
        keep(\.directory)
        keep(\.limiter)
        keep(\.archive)
        if !(other.deadLetters is ArchivedLetters) { keep(\.deadLetters) }
        keep(\.control)
        keep(\.events)
        keep(\.exchanges)
        keep(\.jobs)
        keep(\.registries)
        keep(\.counters)
        keep(\.inspector)
        keep(\.reserving)
        keep(\.lane)
        keep(\.orders)
    }

    /// Whether two ports are one object. Two values are never the same.
    private static func isSame<Port>(_ one: Port?, _ other: Port?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return (one as AnyObject) === (other as AnyObject)
    }
}
