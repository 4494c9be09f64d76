/// A part of a list, and where the list continues.
///
/// Pages are cut by their items, not by a count: if items are added or removed between two pages, no item is repeated
/// and none is skipped.
public struct Page<Item: Sendable>: Sendable, RandomAccessCollection {
    public var items: [Item]
    /// The cursor of the next page; `nil` if the list has ended. Only this tells the end: a page may hold fewer items
    /// than were asked for, and an empty page may follow a full one.
    public var next: Cursor?

    public init(_ items: [Item], next: Cursor?) {
        self.items = items
        self.next = next
    }

    public var startIndex: Int { items.startIndex }
    public var endIndex: Int { items.endIndex }
    public subscript(index: Int) -> Item { items[index] }

    /// The most items of one page: 10,000. A larger limit counts as this one; a limit below 1 gives an empty page that
    /// continues where it began.
    public static var mostItems: Int { 10_000 }
}

extension Page {
    /// Returns the page with its items converted; the list continues at the same position.
    package func mapItems<Other: Sendable>(_ transform: (Item) -> Other) -> Page<Other> {
        Page<Other>(items.map(transform), next: next)
    }
}

extension Int {
    /// The limit of a page within its bounds, see ``Page/mostItems``.
    package var ofPage: Int { Swift.max(0, Swift.min(self, Page<Never>.mostItems)) }
}

/// A position in a list, in a form that the store that lists it defines.
///
/// It is opaque text, so that another process can ask for the next page. It stays valid when the item that it was made
/// from is gone.
public struct Cursor: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}

extension Cursor {
    /// The error of a store for a cursor that it did not make.
    package var refusal: BrokerError {
        BrokerError(
            .refused, "\"\(rawValue.onOneLine.prefix(100))\" is not a cursor of this list: start again without a cursor"
        )
    }
}
