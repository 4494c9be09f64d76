public import CeleriacCore

extension CanvasOptions {
    /// The option names that the sender of a call interprets.
    package static let names: Set<String> = signatureNames.union([
        "argsrepr", "compression", "countdown", "eta", "exchange", "expires", "group_id", "group_index", "headers",
        "ignore_result", "kwargsrepr", "parent_id", "priority", "queue", "replaced_task_nesting", "reply_to", "retries",
        "root_id", "routing_key", "serializer", "shadow", "soft_time_limit", "stamped_headers", "task_id", "time_limit",
    ])

    /// Writes the stamps in the form of a message's headers: "stamped_headers" and "stamps".
    ///
    /// - Parameter inherited: the stamps of the sending call; this call's own stamps override them.
    package func writeStamps(into headers: inout JSONObject, inheriting inherited: JSONObject) {
        let names = stampedHeaders
        let others = inherited.keys.filter { !names.contains($0) }.sorted()
        guard !(names.isEmpty && others.isEmpty) else { return }
        headers["stamped_headers"] = .array((names + others).map { JSONValue($0) })
        headers["stamps"] = .object(inherited.merging(stamps) { $1 })
    }
}

/// Stamping of untyped canvases.
extension CanvasSignature {
    /// Returns the canvas with stamps on each of its calls, links included. See ``CanvasStamping``.
    ///
    /// - Parameter appending: whether an existing stamp and the new one are joined into a list; otherwise the new stamp
    ///   replaces the existing one.
    public func stamped(_ stamps: JSONObject, appending: Bool = false) -> CanvasSignature {
        CanvasStamping(appends: appending).stamp(self, with: stamps)
    }

    /// The same with the stamps that a visitor returns for each place.
    public func stamped(appending: Bool = false, by visitor: @escaping CanvasStamping.Visitor) rethrows
        -> CanvasSignature
    {
        try CanvasStamping(appends: appending).stamp(self, visitor: visitor)
    }
}
