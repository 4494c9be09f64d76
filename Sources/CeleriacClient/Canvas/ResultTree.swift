import CeleriacCanvas

/// The handle of one or many calls that were sent together: ``AsyncResult``, ``GroupResult``, ``CanvasHandle``.
public protocol ResultHandle: Sendable {
    /// The calls, as far as the sender knows them.
    var tree: ResultTree { get }
}

extension ResultHandle {
    /// Stops the whole workflow: its calls, the calls before them, the members of its groups, the steps that have no
    /// message yet, and, if results are kept, all calls that these have sent so far.
    ///
    /// A running call goes on unless `terminate` is `true`. Calls that it sends afterwards are not revoked, but the
    /// later steps of its chain are. Ended calls do not change. Idempotent.
    ///
    /// - Parameters:
    ///   - terminate: whether to cancel running calls.
    ///   - signal: the signal with which a Python worker ends the process that runs a call.
    /// - Throws: `CeleriacError` with code `unsupported` if the broker cannot keep revocations; `BrokerError`.
    public func revokeAll(terminate: Bool = false, signal: ProcessSignal = .terminate) async throws {
        try await tree.revoke(terminate: terminate, signal: signal)
    }

    /// Deletes the records of the whole workflow, and of the calls that its calls have sent. Waiting messages stay.
    ///
    /// - Throws: `CeleriacError` with code `noResultBackend`; `BrokerError`.
    public func forgetAll() async throws { try await tree.forget() }

    /// Returns the calls as they end, then the calls that they have sent, and so on: Celery's `collect`.
    ///
    /// ```swift
    /// for try await call in result.collect() { print(call.id, call.state) }
    /// ```
    ///
    /// The walk is breadth first, yields each call once, and flattens groups. It waits for each call to end, because
    /// only then are the call's children known. For a chain it begins with the last step; use ``AsyncResult/parent`` to
    /// begin with the first.
    public func collect() -> CollectedResults { CollectedResults(tree: tree) }

    /// Draws the current workflow: the order of the calls, which call sent which, and the state of each call.
    ///
    /// - Throws: `CeleriacError` with code `noResultBackend`; `BrokerError`.
    public func graph(_ format: CanvasGraph.Format = .mermaid) async throws -> String {
        try await tree.graph().text(format)
    }
}

/// The calls of a handle, each with the calls before it.
public struct ResultTree: Sendable {
    /// One root for a call or a chain; the members for a group.
    package let roots: [CanvasResult]
    let app: TaskApp

    /// The largest number of calls whose children are followed.
    private static let most = 100_000

    // MARK: Changing

    /// Revokes calls first, then reads their children. So the children of a call that ended before its revocation are
    /// already recorded.
    func revoke(terminate: Bool, signal: ProcessSignal) async throws {
        var revoked: Set<TaskID> = []
        var pending = unique(roots.flatMap(\.calls))
        while !pending.isEmpty {
            try await app.revoke(pending, terminate: terminate, signal: signal)
            revoked.formUnion(pending)
            guard app.results != nil, revoked.count < Self.most else { return }
            pending = unique(try await children(of: pending)).filter { !revoked.contains($0) }
        }
    }

    func forget() async throws {
        let backend = try app.requireResults()
        for id in try await walk().ids { try await backend.forget(id) }
    }

    // MARK: Looking

    func graph() async throws -> CanvasGraph { CanvasGraph(roots, records: try await walk().records) }

    /// Returns all known calls and records, starting at the roots.
    private func walk() async throws -> (ids: [TaskID], records: [TaskID: TaskRecord]) {
        let backend = try app.requireResults()
        var ids = unique(roots.flatMap(\.calls))
        var known = Set(ids)
        var records: [TaskID: TaskRecord] = [:]
        var next = 0
        while next < ids.count {
            let level = Array(ids[next...])
            next = ids.count
            try await backend.forEachRecord(of: level) { id, record in
                records[id] = record
                guard known.count < Self.most else { return }
                ids += (record?.children.flatMap(\.calls) ?? []).filter { known.insert($0).inserted }
            }
        }
        return (ids, records)
    }

    private func children(of ids: [TaskID]) async throws -> [TaskID] {
        let backend = try app.requireResults()
        var children: [TaskID] = []
        try await backend.forEachRecord(of: ids) { _, record in
            children += record?.children.flatMap(\.calls) ?? []
        }
        return children
    }

    private func unique(_ ids: [TaskID]) -> [TaskID] {
        var known: Set<TaskID> = []
        return ids.filter { known.insert($0).inserted }
    }
}

extension AsyncResult: ResultHandle {
    public var tree: ResultTree { ResultTree(roots: [CanvasResult(id, parents: parents)], app: app) }
}

extension GroupResult: ResultHandle {
    public var tree: ResultTree { ResultTree(roots: results.flatMap(\.tree.roots), app: app) }
}

extension CanvasHandle: ResultHandle {
    public var tree: ResultTree { ResultTree(roots: [ids], app: app) }
}
