/// The positions of an object's members. If two members have the same name, the last one is used.
struct ObjectIndex {
    private struct Member {
        let name: JSONScanner.StringToken
        let value: Int
    }

    private var members: [Member] = []
    /// Used for objects that are too large for linear search.
    private var offsets: [JSONKey: Int]?
    private static let mostSearched = 16

    init(scanning scanner: inout JSONScanner) throws(JSONError) {
        try scanner.begin(object: true)
        members.reserveCapacity(8)
        while try scanner.nextMember() {
            let name = try scanner.scanString()
            try scanner.passColon()
            members.append(Member(name: name, value: try scanner.skipValue().lowerBound))
        }
        guard members.count > Self.mostSearched || members.contains(where: { $0.name.hasEscapes }) else { return }
        offsets = Dictionary(members.map { (scanner.key(of: $0.name), $0.value) }, uniquingKeysWith: { $1 })
    }

    /// - Parameter text: the same text that was scanned.
    func offset(of name: String, in text: [UInt8]) -> Int? {
        if let offsets { return offsets[JSONKey(name)] }
        var name = name
        return name.withUTF8 { name in
            text.withUnsafeBufferPointer { text in
                var place = members.count
                while place > 0 {
                    place -= 1
                    let range = members[place].name.range
                    if range.count == name.count, Self.areEqual(text, from: range.lowerBound, name) {
                        return members[place].value
                    }
                }
                return nil
            }
        }
    }

    private static func areEqual(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ name: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        for place in name.indices where text[start + place] != name[place] { return false }
        return true
    }

    func keys(in text: [UInt8]) -> [JSONKey] {
        if let offsets { return Array(offsets.keys) }
        var seen: Set<JSONKey> = []
        return members.map { JSONKey(String(decoding: text[$0.name.range], as: UTF8.self)) }
            .filter { seen.insert($0).inserted }
    }
}
