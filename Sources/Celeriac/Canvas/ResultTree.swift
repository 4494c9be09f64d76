import CeleriacCanvas

/// The handle of what was sent in one go, be it one call or many: ``AsyncResult``, ``GroupResult``, ``CanvasHandle``.
public protocol ResultHandle: Sendable {
    /// Its calls, as far as they are known to who sent them.
    var tree: ResultTree { get }
}

extension ResultHandle {
    /// Keeps the whole workflow from going on: its calls, those that come before them, the members of its groups, the steps
    /// that are no message yet, and, where results are kept, what all of these have sent so far.
    ///
    /// A call that runs goes on unless `terminate` says otherwise; what it then sends by itself is not revoked, but what its
    /// chain has behind it is. Of what has ended nothing changes. Idempotent.
    ///
    /// - Parameters:
    ///   - terminate: whether to cancel what runs.
    ///   - signal: how a Python worker ends the process that runs it.
    /// - Throws: `CeleriacError` with code `unsupported` if the broker cannot keep revocations; `BrokerError`.
    public func revokeAll(terminate: Bool = false, signal: ProcessSignal = .terminate) async throws {
        try await tree.revoke(terminate: terminate, signal: signal)
    }

    /// Deletes what is recorded of the whole workflow, and of what its calls have sent. Messages that wait stay.
    ///
    /// - Throws: `CeleriacError` with code `noResultBackend`; `BrokerError`.
    public func forgetAll() async throws { try await tree.forget() }

    /// Its calls as they end, then those that they have sent, and so on: Celery's `collect`.
    ///
    /// ```swift
    /// for try await call in result.collect() { print(call.id, call.state) }
    /// ```
    ///
    /// Breadth first, each call once, groups taken apart; a call's children are known once it has ended, so each is waited for. Of a
    /// chain it begins with the last step: begin with the first by ``AsyncResult/parent``.
    public func collect() -> CollectedResults { CollectedResults(tree: tree) }

    /// Draws the workflow as it stands: what came before what, what was sent by what, and every call's state.
    ///
    /// - Throws: `CeleriacError` with code `noResultBackend`; `BrokerError`.
    public func graph(_ format: CanvasGraph.Format = .mermaid) async throws -> String {
        try await tree.graph().text(format)
    }
}

/// The calls behind a handle, each with what comes before it.
public struct ResultTree: Sendable {
    /// Of a call or a chain one, of a group its members.
    public let roots: [CanvasResult]
    let app: TaskApp

    /// The most calls that are followed to what they have sent.
    private static let most = 100_000

    // MARK: Changing

    /// Revoked first, then asked for its children: so what has ended before it was revoked has told what it sent.
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

    /// All that is known, from the roots on.
    private func walk() async throws -> (ids: [TaskID], records: [TaskID: TaskRecord]) {
        let backend = try app.requireResults()
        var ids = unique(roots.flatMap(\.calls))
        var known = Set(ids)
        var records: [TaskID: TaskRecord] = [:]
        var next = 0
        while next < ids.count {
            let record = try await backend.record(of: ids[next])
            records[ids[next]] = record
            next += 1
            guard known.count < Self.most else { continue }
            ids += (record?.children.flatMap(\.calls) ?? []).filter { known.insert($0).inserted }
        }
        return (ids, records)
    }

    private func children(of ids: [TaskID]) async throws -> [TaskID] {
        let backend = try app.requireResults()
        var children: [TaskID] = []
        for id in ids { children += try await backend.record(of: id)?.children.flatMap(\.calls) ?? [] }
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
