package import CeleriacCore

/// Celery's result documents: the JSON text under `celery-task-meta-<id>`, which is also published on that channel.
/// Pure.
///
/// ```
/// {"status":"SUCCESS","result":5,"traceback":null,"children":[],"date_done":"…","task_id":"…"}
/// ```
///
/// Facts that Celery's form cannot hold are in the member `celeriac`, which Python ignores; see ``OwnFacts``.
/// Source: `celery/backends/base.py`, `_get_result_meta` and `prepare_exception`, celery 5.7.
package enum ResultDocument {
    /// Writes a state change, with the keys in Python's order.
    ///
    /// - Parameters:
    ///   - isExtended: whether to include the call, as Celery's `result_extended` does: name, arguments, worker,
    ///     retries, queue and stamps; and, for Swift clients, its start time.
    ///   - processID: the worker's process, for STARTED.
    package static func encode(_ change: StateChange, isExtended: Bool, processID: Int32 = 0) -> [UInt8] {
        let record = change.record
        var writer = JSONWriter(reserving: 256 + (record.result?.count ?? 0))
        let content = ResultContent(of: record, processID: processID)
        writer.beginObject()
        writer.field("status", record.state.rawValue)
        writer.key("result")
        content.write(into: &writer)
        writer.field("traceback", content.isException ? record.failure?.traceback : nil, orNull: true)
        writer.key("children")
        record.children.write(into: &writer)
        writer.field("date_done", record.state.isTerminal ? record.at : nil, orNull: true)
        writer.field("group_id", change.call?.headers.group)
        writer.field("parent_id", record.parentID?.rawValue)
        if isExtended { writer.extended(change) }
        OwnFacts(of: record, content: content, isExtended: isExtended).write(into: &writer)
        writer.field("task_id", record.id.rawValue)
        writer.endObject()
        return writer.bytes
    }
}
