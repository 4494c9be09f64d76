import CeleriacCore

/// What a call has sent as it lies in the file: `["<id>", {"id": "<group>", "members": ["<id>", …]}]`.
extension [ResultNode] {
    var json: [UInt8] { JSONValue.array(map(\.json)).bytes }

    init(parsing text: [UInt8]) throws {
        let value = try JSONCoding.decode(JSONValue.self, from: text, limits: .checkedBefore)
        self = value.arrayValue?.compactMap(ResultNode.init(json:)) ?? []
    }
}

extension ResultNode {
    fileprivate var json: JSONValue {
        guard let members else { return .string(id.rawValue) }
        return ["id": .string(id.rawValue), "members": .array(members.map(\.json))]
    }

    fileprivate init?(json: JSONValue) {
        if let id = json.stringValue {
            self.init(TaskID(id))
        } else if let id = json["id"]?.stringValue {
            self.init(TaskID(id), members: json["members"]?.arrayValue?.compactMap(ResultNode.init(json:)))
        } else {
            return nil
        }
    }
}
