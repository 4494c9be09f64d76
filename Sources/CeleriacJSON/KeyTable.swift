/// The member names that a reader knows. Lookup uses their bytes, so that no strings are made.
package struct KeyTable: Sendable {
    /// The bytes of all names, concatenated.
    private let text: [UInt8]
    /// Where each name ends.
    private let ends: [Int]
    /// A hash table with open addressing: the index of a name, or ``none``.
    private let slots: [UInt8]

    private static let none: UInt8 = 0xFF

    /// - Parameter names: at most a hundred, without duplicates.
    package init(_ names: [String]) {
        precondition(names.count <= 100, "too many names for a table of keys")
        text = names.flatMap { Array($0.utf8) }
        ends = names.reduce(into: []) { $0.append(($0.last ?? 0) + $1.utf8.count) }
        var slots = [UInt8](repeating: Self.none, count: 256)
        for (place, name) in names.enumerated() {
            var slot = Array(name.utf8).withUnsafeBufferPointer { Self.slot(of: $0) }
            while slots[slot] != Self.none { slot = (slot + 1) & 0xFF }
            slots[slot] = UInt8(place)
        }
        self.slots = slots
    }

    /// The index of a name; `nil` if it is unknown.
    package func place(of key: UnsafeBufferPointer<UInt8>) -> Int? {
        var slot = Self.slot(of: key)
        while slots[slot] != Self.none {
            let place = Int(slots[slot])
            if isEqual(key, place) { return place }
            slot = (slot + 1) & 0xFF
        }
        return nil
    }

    private func isEqual(_ key: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
        let start = place == 0 ? 0 : ends[place - 1]
        guard ends[place] - start == key.count else { return false }
        for index in key.indices where text[start + index] != key[index] { return false }
        return true
    }

    /// The length and the first, third and last byte suffice to distinguish the names of Celeriac's objects.
    private static func slot(of key: UnsafeBufferPointer<UInt8>) -> Int {
        guard let first = key.first, let last = key.last else { return 0 }
        let third = key.count > 2 ? key[2] : 0
        return (key.count &* 37 &+ Int(first) &* 7 &+ Int(third) &* 3 &+ Int(last)) & 0xFF
    }
}

/// A key that was read, known or unknown.
package enum ReadKey: Sendable {
    /// A key of the table, by its index.
    case known(Int)
    case other(JSONKey)
}

extension JSONReader {
    /// As ``nextKey()``, with keys of the table given by their index.
    package mutating func nextKey(in table: KeyTable) throws(JSONError) -> ReadKey? {
        try scan { scanner throws(JSONError) in
            guard try scanner.nextMember() else { return nil }
            let name = try scanner.scanString()
            try scanner.passColon()
            if !name.hasEscapes {
                let key = UnsafeBufferPointer(rebasing: scanner.text[name.range])
                return table.place(of: key).map(ReadKey.known) ?? .other(scanner.key(of: name))
            }
            let key = scanner.key(of: name)
            var text = key.text
            return text.withUTF8 { table.place(of: $0) }.map(ReadKey.known) ?? .other(key)
        }
    }
}
