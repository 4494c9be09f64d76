package import CeleriacCore

/// Celery's result documents: the JSON text under `celery-task-meta-<id>`, which is published there, too. Pure.
///
/// ```
/// {"status":"SUCCESS","result":5,"traceback":null,"children":[],"date_done":"…","task_id":"…"}
/// ```
///
/// What Celery has no place for stands in the member `celeriac`, which Python ignores; see ``ResultDocument/Own``.
/// Source: `celery/backends/base.py`, `_get_result_meta` and `prepare_exception`, celery 5.7.
package enum ResultDocument {
    /// Writes a state change, its keys in Python's order.
    ///
    /// - Parameters:
    ///   - isExtended: whether to tell of the call too, as Celery's `result_extended`: name, arguments, worker, retries,
    ///     queue and stamps; and for Swift when it started.
    ///   - processID: of the worker, for STARTED.
    package static func encode(_ change: StateChange, isExtended: Bool, processID: Int32 = 0) -> [UInt8] {
        var writer = JSONWriter(reserving: 256 + (change.result?.count ?? 0))
        let content = ResultContent(of: change, processID: processID)
        writer.beginObject()
        writer.field("status", change.state.rawValue)
        writer.key("result")
        content.write(into: &writer)
        writer.field("traceback", content.isException ? change.failure?.traceback : nil, orNull: true)
        writer.key("children")
        change.children.write(into: &writer)
        writer.field("date_done", change.state.isTerminal ? change.at : nil, orNull: true)
        writer.field("group_id", change.call?.headers.group)
        writer.field("parent_id", change.parentID?.rawValue)
        if isExtended { writer.extended(change) }
        OwnFacts(of: change, content: content, isExtended: isExtended).write(into: &writer)
        writer.field("task_id", change.id.rawValue)
        writer.endObject()
        return writer.bytes
    }
}
