extension RESPParser {
    /// An aggregate of which elements are missing.
    struct Frame {
        enum Kind {
            case array, set, map, push, attribute
            var isOfPairs: Bool { self == .map || self == .attribute }
        }

        enum Finished {
            case value(RESPValue)
            case push([RESPValue])
            /// An attribute: it says something about the value that follows, and nobody here asked.
            case nothing
        }

        private let kind: Kind
        private var missing: Int
        private var elements: [RESPValue] = []

        init(_ kind: Kind, count: Int) {
            self.kind = kind
            missing = count
            // A server that lies about the count must not make us allocate it.
            if kind != .attribute { elements.reserveCapacity(min(count, 1024)) }
        }

        /// Returns whether this was the last one.
        mutating func take(_ value: RESPValue) -> Bool {
            if kind != .attribute { elements.append(value) }
            missing -= 1
            return missing == 0
        }

        var finished: Finished {
            switch kind {
            case .array: .value(.array(elements))
            case .set: .value(.set(elements))
            case .map: .value(.map(elements))
            case .push: .push(elements)
            case .attribute: .nothing
            }
        }
    }
}
