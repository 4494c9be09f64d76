#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Message headers as the JSON object of Celery's message protocol 2 (`celery/app/amqp.py`, `as_task_v2`).
extension MessageHeaders {
    /// Writes the headers as one object.
    ///
    /// - Parameter verbose: whether to write Celery's full set, nulls included. Otherwise what is `nil` is left out, which
    ///   Celery's workers accept.
    public func write(into writer: inout JSONWriter, verbose: Bool = false) {
        writer.beginObject()
        writer.field("lang", "swift")
        writer.field("task", task.rawValue)
        writer.field("id", id.rawValue)
        writer.field("shadow", shadow, orNull: verbose)
        writer.field("eta", eta, orNull: verbose)
        writer.field("expires", expires, orNull: verbose)
        writer.field("group", group, orNull: verbose)
        writer.field("group_index", groupIndex, orNull: verbose)
        writer.field("retries", retries, orNull: true)
        writeTimeLimits(into: &writer, verbose: verbose)
        writer.field("root_id", rootID?.rawValue, orNull: verbose)
        writer.field("parent_id", parentID?.rawValue, orNull: verbose)
        writer.field("origin", origin, orNull: verbose)
        if let ignoreResult {
            writer.key("ignore_result")
            writer.bool(ignoreResult)
        } else if verbose {
            writer.nullField("ignore_result")
        }
        writer.field("compression", compression)
        if !history.isEmpty { history.write(named: "x_history", into: &writer) }
        writeExtra(into: &writer, verbose: verbose)
        writer.endObject()
    }

    /// The headers as JSON text.
    public func json(verbose: Bool = false) -> [UInt8] {
        var writer = JSONWriter()
        writer.bytes.reserveCapacity(512)
        write(into: &writer, verbose: verbose)
        return writer.bytes
    }

    private func writeTimeLimits(into writer: inout JSONWriter, verbose: Bool) {
        guard verbose || timeLimit != nil || softTimeLimit != nil else { return }
        writer.key("timelimit")
        writer.beginArray()
        writer.seconds(timeLimit)
        writer.seconds(softTimeLimit)
        writer.endArray()
    }

    private func writeExtra(into writer: inout JSONWriter, verbose: Bool) {
        for (name, value) in extra.sorted(by: { $0.key < $1.key }) where !Self.known.contains(name) {
            writer.key(name)
            writer.write(value)
        }
        guard verbose else { return }
        for (name, value) in Self.defaults where extra[name] == nil {
            writer.key(name)
            writer.write(value)
        }
    }

    private static let defaults: [(String, JSONValue)] = [
        ("replaced_task_nesting", 0), ("stamped_headers", nil), ("stamps", [:]),
    ]

    /// The names that have a property here; `extra` cannot stand in for them.
    private static let known: Set<String> = [
        "lang", "task", "id", "shadow", "eta", "expires", "group", "group_index", "retries", "timelimit", "root_id",
        "parent_id", "origin", "ignore_result", "compression", "x_history",
    ]
}

extension MessageHeaders {
    /// Reads a header object. Headers that are unknown here go to ``extra``.
    public init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var reader = try JSONReader(text, limits: limits)
        try self.init(from: &reader)
        try reader.finish()
    }

    /// Reads the header object that comes next.
    ///
    /// - Throws: ``JSONError`` with code `missing` where there is no `task` or `id`.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(id: "", task: "")
        let start = reader.offset
        try reader.beginObject()
        while let name = try reader.nextKey() { try read(name, from: &reader) }
        guard !task.rawValue.isEmpty else { throw JSONError(.missing, at: start, "the headers have no task") }
        guard !id.rawValue.isEmpty else { throw JSONError(.missing, at: start, "the headers have no id") }
    }

    private mutating func read(_ name: String, from reader: inout JSONReader) throws(JSONError) {
        if try reader.null() {
            if !Self.known.contains(name) { extra[name] = .null }
            return
        }
        switch name {
        case "task": task = TaskName(try reader.string())
        case "id": id = TaskID(try reader.string())
        case "shadow": shadow = try reader.string()
        case "eta": eta = try reader.date()
        case "expires": expires = try reader.date()
        case "group": group = try reader.string()
        case "group_index": groupIndex = try reader.int()
        case "retries": retries = try reader.count()
        case "timelimit": (timeLimit, softTimeLimit) = try reader.timeLimits()
        case "root_id": rootID = TaskID(try reader.string())
        case "parent_id": parentID = TaskID(try reader.string())
        case "origin": origin = try reader.string()
        case "ignore_result": ignoreResult = try reader.bool()
        case "compression": compression = try reader.string()
        case "x_history": history = try [FailedAttempt](from: &reader)
        case "lang": try reader.skip()  // Who wrote it is all that it says.
        default: extra[name] = try reader.value()
        }
    }
}

extension JSONReader {
    /// `[hard, soft]`, in seconds.
    fileprivate mutating func timeLimits() throws(JSONError) -> (hard: Duration?, soft: Duration?) {
        var limits: [Duration?] = []
        try beginArray()
        while try nextElement() {
            if limits.count < 2 { limits.append(try null() ? nil : try seconds()) } else { try skip() }
        }
        return (limits.first ?? nil, limits.count > 1 ? limits[1] : nil)
    }
}
