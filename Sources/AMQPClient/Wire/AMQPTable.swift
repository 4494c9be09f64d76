/// A field table: names and values in the order of the wire.
///
/// Two tables are equal if they have the same entries in the same order.
public struct AMQPTable: Sendable, Hashable {
    /// One name with its value. A name has at most 255 bytes of UTF-8 and no NUL.
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var value: AMQPValue

        public init(_ name: String, _ value: AMQPValue) {
            self.name = name
            self.value = value
        }
    }

    /// May hold a name twice if the peer sent it twice; lookups then find the last one, as Python's do.
    public private(set) var entries: [Entry]

    public init() { entries = [] }

    public init(_ entries: some Sequence<(String, AMQPValue)>) { self.entries = entries.map { Entry($0, $1) } }

    package init(entries: [Entry]) { self.entries = entries }

    /// The value of this name. Setting it keeps the entry's place, or appends; setting `nil` removes the name.
    public subscript(name: String) -> AMQPValue? {
        get { entries.last { $0.name == name }?.value }
        set {
            guard let newValue else { return entries.removeAll { $0.name == name } }
            if let index = entries.lastIndex(where: { $0.name == name }) {
                entries[index].value = newValue
            } else {
                entries.append(Entry(name, newValue))
            }
        }
    }
}

extension AMQPTable: RandomAccessCollection {
    public var startIndex: Int { entries.startIndex }
    public var endIndex: Int { entries.endIndex }
    public subscript(position: Int) -> Entry { entries[position] }
}

extension AMQPTable: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self.init(elements) }
}
