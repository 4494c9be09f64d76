public import CeleriacCore

extension CanvasOptions {
    /// The names that mean something to who sends a call.
    package static let names: Set<String> = signatureNames.union([
        "argsrepr", "compression", "countdown", "eta", "exchange", "expires", "group_id", "group_index", "headers",
        "ignore_result", "kwargsrepr", "parent_id", "priority", "queue", "replaced_task_nesting", "reply_to", "retries",
        "root_id", "routing_key", "serializer", "shadow", "soft_time_limit", "stamped_headers", "task_id", "time_limit",
    ])

    /// Writes the stamps as a message has them: "stamped_headers" and "stamps".
    ///
    /// - Parameter inherited: of the call that sends it; its own win.
    package func writeStamps(into headers: inout JSONObject, inheriting inherited: JSONObject) {
        let names = stampedHeaders
        let others = inherited.keys.filter { !names.contains($0) }.sorted()
        guard !(names.isEmpty && others.isEmpty) else { return }
        headers["stamped_headers"] = .array((names + others).map { JSONValue($0) })
        headers["stamps"] = .object(inherited.merging(stamps) { $1 })
    }
}

/// Stamping without types.
extension CanvasSignature {
    /// The same canvas with stamps on each of its calls, links included. See ``CanvasStamping``.
    ///
    /// - Parameter appending: whether a stamp that is there already becomes a list of both values; else the new one takes its
    ///   place.
    public func stamped(_ stamps: JSONObject, appending: Bool = false) -> CanvasSignature {
        CanvasStamping(appends: appending).stamp(self, with: stamps)
    }

    /// The same with the stamps that a visitor says at each place.
    public func stamped(appending: Bool = false, by visitor: @escaping CanvasStamping.Visitor) rethrows
        -> CanvasSignature
    {
        try CanvasStamping(appends: appending).stamp(self, visitor: visitor)
    }
}
