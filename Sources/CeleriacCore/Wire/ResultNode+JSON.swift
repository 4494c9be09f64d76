/// The calls that a call has sent, in the form that records keep:
/// `["<id>", {"id": "<group>", "members": ["<id>", …]}]`.
extension [ResultNode] {
    package var json: [UInt8] {
        var writer = JSONWriter()
        write(into: &writer)
        return writer.bytes
    }

    package init(parsing text: [UInt8]) throws(JSONError) {
        var reader = try JSONReader(text, limits: .checkedBefore)
        try self.init(from: &reader)
        try reader.finish()
    }

    func write(into writer: inout JSONWriter) {
        writer.beginArray()
        for node in self { node.write(into: &writer) }
        writer.endArray()
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        self = []
        try reader.beginArray()
        while try reader.nextElement() { append(try ResultNode(from: &reader)) }
    }
}

extension ResultNode {
    fileprivate func write(into writer: inout JSONWriter) {
        guard let members else { return writer.string(id.rawValue) }
        writer.beginObject()
        writer.field("id", id.rawValue)
        writer.key("members")
        members.write(into: &writer)
        writer.endObject()
    }

    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        guard reader.kind() == .object else {
            self.init(TaskID(try reader.string()))
            return
        }
        self.init("")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "id": id = TaskID(try reader.string())
            case "members": members = try reader.null() ? nil : try [ResultNode](from: &reader)
            default: try reader.skip()
            }
        }
    }
}
