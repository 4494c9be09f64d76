/// A field table: names and values in the order of the wire.
///
/// Two tables are equal if they have the same entries in the same order.
public struct AMQPTable: Sendable {
    /// One name with its value. A name has at most 255 bytes of UTF-8 and no NUL.
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var value: AMQPValue

        public init(_ name: String, _ value: AMQPValue) {
            self.name = name
            self.value = value
        }
    }

    private enum Storage: Sendable {
        case entries([Entry])
        /// The bytes of the wire without their length, well-formed.
        case encoded([UInt8])
    }

    private var storage: Storage

    /// The headers of a received message are kept as they came: each look at all entries decodes them.
    ///
    /// May hold a name twice if the peer sent it twice; lookups then find the last one, as Python's do.
    public var entries: [Entry] {
        switch storage {
        case .entries(let entries): entries
        case .encoded(let bytes): Self.entries(of: bytes)
        }
    }

    public init() { storage = .entries([]) }

    public init(_ entries: some Sequence<(String, AMQPValue)>) {
        storage = .entries(entries.map { Entry($0, $1) })
    }

    package init(entries: [Entry]) { storage = .entries(entries) }

    /// - Parameter bytes: the fields as on the wire, without their length. They must be well-formed.
    package init(encoded bytes: [UInt8]) { storage = .encoded(bytes) }

    /// The fields as on the wire, without their length; `nil` if the table is not kept so.
    package var encoded: [UInt8]? { if case .encoded(let bytes) = storage { bytes } else { nil } }

    /// The value of this name. Setting it keeps the entry's place, or appends; setting `nil` removes the name.
    public subscript(name: String) -> AMQPValue? {
        get {
            switch storage {
            case .entries(let entries): entries.last { $0.name == name }?.value
            case .encoded(let bytes): Self.value(of: name, in: bytes)
            }
        }
        set {
            var entries = entries
            storage = .entries([])
            defer { storage = .entries(entries) }
            guard let newValue else { return entries.removeAll { $0.name == name } }
            if let index = entries.lastIndex(where: { $0.name == name }) {
                entries[index].value = newValue
            } else {
                entries.append(Entry(name, newValue))
            }
        }
    }
}

extension AMQPTable: Hashable {
    public static func == (left: AMQPTable, right: AMQPTable) -> Bool {
        if let bytes = left.encoded, bytes == right.encoded { return true }
        return left.entries == right.entries
    }

    public func hash(into hasher: inout Hasher) { entries.hash(into: &hasher) }
}

extension AMQPTable: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { entries.count }
    public subscript(position: Int) -> Entry { entries[position] }
    public func makeIterator() -> IndexingIterator<[Entry]> { entries.makeIterator() }
}

extension AMQPTable: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self.init(elements) }
}
