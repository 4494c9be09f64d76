/// Lists, tuples, dictionaries and sets, in batches of a thousand.
extension PickleWriter {
    private static let batch = 1000

    mutating func list(_ elements: [PickleValue]) {
        remembered(.emptyList)
        if elements.count == 1 {
            write(elements[0])
            return put(.append)
        }
        for start in stride(from: 0, to: elements.count, by: Self.batch) {
            put(.mark)
            for element in elements[start...].prefix(Self.batch) { write(element) }
            put(.appends)
        }
    }

    mutating func tuple(_ elements: [PickleValue]) {
        guard elements.count > 3 else {
            for element in elements { write(element) }
            // Python has only one empty tuple, and never puts it into the memo.
            if elements.isEmpty { return put(.emptyTuple) }
            return remembered([.tuple1, .tuple2, .tuple3][elements.count - 1])
        }
        put(.mark)
        for element in elements { write(element) }
        remembered(.tuple)
    }

    mutating func dictionary(_ entries: [PickleEntry]) {
        remembered(.emptyDict)
        if entries.count == 1 {
            write(entries[0].key)
            write(entries[0].value)
            return put(.setItem)
        }
        batches(of: entries, endedBy: .setItems) {
            $0.write($1.key)
            $0.write($1.value)
        }
    }

    mutating func set(_ elements: [PickleValue]) {
        remembered(.emptySet)
        batches(of: elements, endedBy: .addItems) { $0.write($1) }
    }

    mutating func frozenSet(_ elements: [PickleValue]) {
        put(.mark)
        for element in elements { write(element) }
        remembered(.frozenSet)
    }

    /// Writes batches as CPython does, which ends a dictionary or set of a whole number of batches with an empty batch.
    private mutating func batches<Item>(
        of items: [Item], endedBy end: PickleOpcode, _ write: (inout PickleWriter, Item) -> Void
    ) {
        guard !items.isEmpty else { return }
        for start in stride(from: 0, through: items.count, by: Self.batch) {
            put(.mark)
            for item in items[start...].prefix(Self.batch) { write(&self, item) }
            put(end)
        }
    }
}
