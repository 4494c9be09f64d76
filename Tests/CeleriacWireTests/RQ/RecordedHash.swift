import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

/// A hash or an entry of a stream in a recording of RQ, wherever it stands there.
struct RecordedHash {
    /// Its key in Redis; `nil` where the recording does not say.
    let key: String?
    let fields: RQFields
    /// Whether the fields stand in the order in which RQ wrote them, not in that of their names.
    let isOrdered: Bool
    /// What the packed field `data` holds, where the recording shows it.
    var unpacked: [UInt8]?

    func isOf(_ kind: String) -> Bool { key?.hasPrefix("rq:\(kind):") ?? false }

    func has(_ names: String...) -> Bool { names.allSatisfy { fields[$0] != nil } }

    /// Behind the kind.
    var id: String { key.flatMap { $0.split(separator: ":").last }.map(String.init) ?? "" }

    /// Fails the test unless the fields that we wrote are the recorded ones, in their order where that was recorded.
    func expectSame(_ ours: RQFields, _ place: Comment) {
        func inOrder(_ fields: RQFields) -> [RQFields.Field] {
            isOrdered ? fields.fields : fields.fields.sorted { $0.name < $1.name }
        }
        #expect(inOrder(ours) == inOrder(fields), place)
    }
}

extension Fixture {
    /// All but the data that was written by hand.
    static func recordingsOfRQ() throws -> [Fixture] {
        try all(in: "rq").filter { !$0.name.hasPrefix("acceptance-") }
    }

    /// Every hash, entry and message of a channel in the recording.
    func recordedHashes() throws -> (hashes: [RecordedHash], messages: [[UInt8]]) {
        var finder = HashFinder()
        try finder.visit(document, key: nil)
        return (finder.hashes, finder.messages)
    }
}

private struct HashFinder {
    var hashes: [RecordedHash] = []
    var messages: [[UInt8]] = []

    mutating func visit(_ value: JSONValue, key: String?) throws {
        switch value {
        case .array(let elements):
            if case .string(let name)? = elements.first, try command(name, elements) { return }
            for element in elements { try visit(element, key: nil) }
        case .object(let members):
            if try hash(members, key: key) { return }
            for (name, member) in members.sorted(by: { $0.key < $1.key }) { try visit(member, key: name.text) }
        case .null, .bool, .integer, .bigInteger, .double, .string, .illFormedString: break
        }
    }

    private mutating func command(_ name: String, _ words: [JSONValue]) throws -> Bool {
        switch name {
        case "HSET":
            try add(words[1].stringValue, Array(words.dropFirst(2)))
        case "XADD":
            let star = try #require(words.firstIndex(of: "*"))
            try add(words[1].stringValue, Array(words.dropFirst(star + 1)))
        case "PUBLISH": messages.append(try Self.bytes(words[2]))
        default: return false
        }
        return true
    }

    private mutating func add(_ key: String?, _ words: [JSONValue]) throws {
        let fields = try stride(from: 0, to: words.count, by: 2).map { place in
            RQFields.Field(try #require(words[place].stringValue), try Self.bytes(words[place + 1]))
        }
        hashes.append(RecordedHash(key: key, fields: RQFields(fields), isOrdered: true))
    }

    private mutating func hash(_ members: JSONObject, key: String?) throws -> Bool {
        if members["type"] == "hash", let value = members["value"]?.objectValue {
            try add(key, value)
        } else if let fields = members["fields"]?.objectValue, members["id"] != nil {
            try add("rq:results:", fields)
        } else if members["data"] != nil, members["status"] != nil {
            try add("rq:job:" + (key ?? ""), members)
        } else {
            return false
        }
        return true
    }

    private mutating func add(_ key: String?, _ members: JSONObject) throws {
        let fields = try members.sorted { $0.key < $1.key }.map {
            RQFields.Field($0.key.text, try Self.bytes($0.value))
        }
        let unpacked = try members["data"]?["zlib_decompressed"].map { try Self.bytes($0) }
        hashes.append(RecordedHash(key: key, fields: RQFields(fields), isOrdered: false, unpacked: unpacked))
    }

    private static func bytes(_ value: JSONValue) throws -> [UInt8] {
        if let text = value.stringValue { return Array(text.utf8) }
        let text = try #require(value["base64"]?.stringValue)
        return [UInt8](try #require(Data(base64Encoded: text)))
    }
}

extension RQFields {
    /// The fields of a JSON object of texts and of `{"base64": …}`.
    init(recorded value: JSONValue?) throws {
        let members = try #require(value?.objectValue)
        self.init(
            try members.sorted { $0.key < $1.key }.map { name, value in
                let binary = value["base64"]?.stringValue.flatMap { Data(base64Encoded: $0) }
                return Field(name.text, try binary.map { [UInt8]($0) } ?? Array(try #require(value.stringValue).utf8))
            })
    }

    /// The same with one field set, or taken out.
    func with(_ name: String, _ value: [UInt8]?) -> RQFields {
        RQFields(fields.filter { $0.name != name } + (value.map { [Field(name, $0)] } ?? []))
    }

    func with(_ name: String, _ value: String) -> RQFields { with(name, Array(value.utf8)) }
}
