package import CeleriacCore

/// The results of a header as the store keeps them: `{"id": "…", "members": […], "parents": […]}`, without empty
/// members.
extension CanvasResult {
    package var json: [UInt8] {
        var writer = JSONWriter()
        write(into: &writer)
        return writer.bytes
    }

    private func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(id.rawValue)
        if let members { Self.write(members, as: "members", into: &writer) }
        if !parents.isEmpty { Self.write(parents, as: "parents", into: &writer) }
        writer.endObject()
    }

    private static func write(_ results: [CanvasResult], as key: String, into writer: inout JSONWriter) {
        writer.key(key)
        writer.beginArray()
        for result in results { result.write(into: &writer) }
        writer.endArray()
    }

    package init(parsing text: [UInt8]) throws(JSONError) {
        var reader = try JSONReader(text, limits: .checkedBefore)
        try self.init(from: &reader)
        try reader.finish()
    }

    private init(from reader: inout JSONReader) throws(JSONError) {
        self.init("")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "id": id = TaskID(try reader.string())
            case "members": members = try Self.results(from: &reader)
            case "parents": parents = try Self.results(from: &reader)
            default: try reader.skip()
            }
        }
    }

    private static func results(from reader: inout JSONReader) throws(JSONError) -> [CanvasResult] {
        var results: [CanvasResult] = []
        try reader.beginArray()
        while try reader.nextElement() { results.append(try CanvasResult(from: &reader)) }
        return results
    }
}
