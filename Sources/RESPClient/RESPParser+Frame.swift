extension RESPParser {
    /// An aggregate that still lacks elements.
    struct Frame {
        enum Kind {
            case array, set, map, push, attribute
            var isOfPairs: Bool { self == .map || self == .attribute }
        }

        enum Finished {
            case value(RESPValue)
            case push([RESPValue])
            /// An attribute: additional information about the value that follows. It is ignored.
            case nothing
        }

        private let kind: Kind
        private var missing: Int
        private var elements: [RESPValue] = []

        init(_ kind: Kind, count: Int) {
            self.kind = kind
            missing = count
            // A server that announces a false count must not make the client allocate that much memory.
            if kind != .attribute { elements.reserveCapacity(min(count, 1024)) }
        }

        /// Adds an element; returns whether it was the last one.
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
