/// The handle of a canvas that was sent without types.
public struct CanvasHandle: Sendable {
    /// The ids of its results, and of the calls before them.
    public let ids: CanvasResult
    let app: TaskApp

    /// The handle of a call, or of the last step of a chain; `nil` for a group.
    public var result: AsyncResult<JSONValue>? {
        guard ids.members == nil else { return nil }
        return AsyncResult(id: ids.id, app: app, parents: ids.parents) {
            try JSONCoding.decode(JSONValue.self, from: $0, limits: .checkedBefore)
        }
    }

    /// The handle of a group, or of a chain that ends in one, with its members in order; `nil` for anything else.
    /// Nested groups are flattened.
    public var group: GroupResult<JSONValue>? {
        guard let members = ids.members else { return nil }
        let handles = members.flatMap { CanvasHandle(ids: $0, app: app).handles }
        return GroupResult(id: ids.id, results: handles, app: app)
    }

    var handles: [AsyncResult<JSONValue>] { result.map { [$0] } ?? group?.results ?? [] }

    /// Waits until the whole canvas has ended.
    ///
    /// - Returns: the output; for a group, an array of the outputs in order.
    /// - Throws: as ``AsyncResult/get(timeout:)`` and ``GroupResult/get(timeout:)``.
    public func get(timeout: Duration? = nil) async throws -> JSONValue {
        if let group { return .array(try await group.get(timeout: timeout)) }
        return try await result?.get(timeout: timeout) ?? .null
    }
}
