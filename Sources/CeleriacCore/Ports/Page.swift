/// A part of a list, and where the list goes on.
///
/// Pages are cut by what they hold, not by a count: what is added or taken away between two of them neither repeats an item nor
/// leaves one out.
public struct Page<Item: Sendable>: Sendable, RandomAccessCollection {
    public var items: [Item]
    /// Asks for the next page; `nil` if the list has ended. An empty page may follow a full one.
    public var next: Cursor?

    public init(_ items: [Item], next: Cursor?) {
        self.items = items
        self.next = next
    }

    public var startIndex: Int { items.startIndex }
    public var endIndex: Int { items.endIndex }
    public subscript(index: Int) -> Item { items[index] }
}

/// A place in a list, in the words of the store that lists it.
///
/// It is text without meaning to others, so that a page can be asked for by another process. It stays good when what it was
/// made from is gone.
public struct Cursor: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}

extension Cursor {
    /// What a store says of a cursor that it did not make.
    package var refusal: BrokerError {
        BrokerError(
            .refused, "\"\(rawValue.onOneLine.prefix(100))\" is no cursor of this list: begin again without one")
    }
}
