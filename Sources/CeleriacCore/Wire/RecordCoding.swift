#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Records as JSON objects; members have the names of Celery's result documents where Celery has one.
///
/// ```
/// {"task_id": "…", "status": "FAILURE", "result": any | "failure": {…} | "meta": any, "name": "tasks.add",
///  "queue": "celery", "worker": "w1@host", "attempt": 3, "started_at": date, "at": date, "parent_id": "…",
///  "children": ["<id>", {"id": "<group>", "members": ["<id>", …]}]}
/// ```
extension TaskRecord {
    /// Writes the record as one object; members that are `nil` are omitted.
    package func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writeFields(into: &writer)
        writer.endObject()
    }

    /// The record as JSON text.
    public var json: [UInt8] {
        var writer = JSONWriter()
        write(into: &writer)
        return writer.bytes
    }

    fileprivate func writeFields(into writer: inout JSONWriter) {
        writer.field("task_id", id.rawValue)
        writer.field("status", state.rawValue)
        writer.field("result", text: result)
        if let failure {
            writer.key("failure")
            failure.write(into: &writer)
        }
        writer.field("meta", text: meta)
        writer.field("name", task?.rawValue)
        writer.field("queue", queue?.rawValue)
        writer.field("worker", worker)
        writer.field("attempt", attempt)
        writer.field("started_at", startedAt)
        writer.field("at", at)
        writer.field("parent_id", parentID?.rawValue)
        if !children.isEmpty {
            writer.key("children")
            children.write(into: &writer)
        }
    }

    public init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var expires: Date?
        try self.init(parsing: text, limits: limits, expires: &expires)
    }

    fileprivate init(parsing text: [UInt8], limits: JSONLimits, expires: inout Date?) throws(JSONError) {
        self.init(id: "", state: "")
        var reader = try JSONReader(text, limits: limits)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if name == "expires" {
                expires = try reader.null() ? nil : try reader.date()
            } else {
                try read(name, from: &reader)
            }
        }
        try reader.finish()
        guard !id.rawValue.isEmpty, !state.rawValue.isEmpty else {
            throw JSONError(.missing, at: 0, "the record has no id or no status")
        }
    }

    private mutating func read(_ name: String, from reader: inout JSONReader) throws(JSONError) {
        switch name {
        case "result": return result = try reader.raw()
        case "meta": return meta = try reader.raw()
        default: if try reader.null() { return }
        }
        switch name {
        case "task_id": id = TaskID(try reader.string())
        case "status": state = TaskState(try reader.string())
        case "failure": failure = try TaskFailure(from: &reader)
        case "name": task = TaskName(try reader.string())
        case "queue": queue = try reader.queue()
        case "worker": worker = try reader.lossyString()
        case "attempt": attempt = try reader.count()
        case "started_at": startedAt = try reader.date()
        case "at": at = try reader.date()
        case "parent_id": parentID = TaskID(try reader.string())
        case "children": children = try [ResultNode](from: &reader)
        default: try reader.skip()
        }
    }
}

extension StateChange {
    /// Writes the change as its record, plus the date when it `expires`.
    package func write(into writer: inout JSONWriter) {
        writer.beginObject()
        record.writeFields(into: &writer)
        writer.field("expires", expires)
        writer.endObject()
    }

    /// The change as JSON text.
    public var json: [UInt8] {
        var writer = JSONWriter()
        write(into: &writer)
        return writer.bytes
    }

    /// - Throws: ``JSONError`` with code `missing` if the id, the status or the date is missing.
    public init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var expires: Date?
        let record = try TaskRecord(parsing: text, limits: limits, expires: &expires)
        guard let change = StateChange(record, expires: expires) else {
            throw JSONError(.missing, at: 0, "the change has no date")
        }
        self = change
    }
}
