import CeleriacCore

extension JSONWriter {
    /// Writes Celery's extended results (`result_extended`): the task, its arguments, the worker and the stamps, each
    /// stamp under its own name.
    mutating func extended(_ change: StateChange) {
        let call = change.call
        field("name", change.task?.rawValue ?? call?.task.rawValue, orNull: true)
        let parts = call.flatMap { call in
            call.compression == nil && call.properties.contentType == Envelope.json
                ? ArgumentParts(of: call.body).map { (call.body, $0) } : nil
        }
        parts.map { field("args", text: Array($0[$1.args])) } ?? nullField("args")
        parts.map { field("kwargs", text: Array($0[$1.kwargs])) } ?? nullField("kwargs")
        field("worker", change.worker, orNull: true)
        field("retries", max(0, change.attempt - 1))
        field("queue", change.queue?.rawValue, orNull: true)
        guard let extra = call?.headers.extra, let stamped = extra["stamped_headers"], let names = stamped.arrayValue
        else { return }
        key("stamped_headers")
        write(stamped)
        for name in names.compactMap(\.stringValue) where !ResultDocument.keys.contains(name) {
            guard let value = extra["stamps"]?[name] else { continue }
            key(name)
            write(value)
        }
    }
}

extension ResultDocument {
    /// The members that a document can have; a stamp of the same name would replace one.
    static let keys: Set<String> = [
        "status", "result", "traceback", "children", "date_done", "group_id", "parent_id", "name", "args", "kwargs",
        "worker", "retries", "queue", "stamped_headers", "task_id", OwnFacts.key,
    ]
}

// MARK: Children

extension [ResultNode] {
    /// Writes Celery's result tuples: `[["id",null],null]` for a call, `[["id",null],[…]]` for a group.
    func write(into writer: inout JSONWriter) {
        writer.beginArray()
        for node in self { node.write(into: &writer) }
        writer.endArray()
    }

    /// Reads result tuples; other elements are skipped.
    init(from reader: inout JSONReader) throws(JSONError) {
        self = []
        guard reader.kind() == .array else {
            try reader.skip()
            return
        }
        self = (try reader.value().arrayValue ?? []).compactMap(ResultNode.init)
    }
}

extension ResultNode {
    fileprivate func write(into writer: inout JSONWriter) {
        writer.beginArray()
        writer.beginArray()
        writer.string(id.rawValue)
        writer.null()
        writer.endArray()
        if let members { members.write(into: &writer) } else { writer.null() }
        writer.endArray()
    }

    /// Reads `[["id", parent], members]`, or the id alone, as earlier versions write it.
    fileprivate init?(_ tuple: JSONValue) {
        if let id = tuple.stringValue {
            self.init(TaskID(id))
            return
        }
        guard let id = tuple[0]?.stringValue ?? tuple[0]?[0]?.stringValue else { return nil }
        self.init(TaskID(id), members: tuple[1]?.arrayValue?.compactMap(ResultNode.init))
    }
}
