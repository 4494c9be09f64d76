/// The caller's handle of a call: reads its state and result, and revokes it. Nothing but an id and an app.
///
/// Every reading throws `CeleriacError` with code `noResultBackend` if the app keeps no results.
public struct AsyncResult<Output: Sendable>: Sendable, Identifiable {
    public let id: TaskID
    let app: TaskApp
    /// What comes before it in a chain, the nearest first; of a chord's body, first its header.
    let parents: [CanvasResult]
    private let decode: @Sendable ([UInt8]) throws -> Output

    init(
        id: TaskID, app: TaskApp, parents: [CanvasResult] = [],
        decode: @escaping @Sendable ([UInt8]) throws -> Output
    ) {
        self.id = id
        self.app = app
        self.parents = parents
        self.decode = decode
    }

    /// The step before it, where this is the handle of a chain that was just sent; `nil` of a chain's first step, of a call
    /// that is in none, of a chord's body, and of a handle re-made from its id.
    public var parent: AsyncResult<JSONValue>? { before?.result }

    /// The header, where this is the handle of a chord that was just sent: how far it is, and its outputs.
    public var header: GroupResult<JSONValue>? { before?.group }

    private var before: CanvasHandle? {
        guard var first = parents.first else { return nil }
        first.parents = Array(parents.dropFirst())
        return CanvasHandle(ids: first, app: app)
    }

    // MARK: State

    /// Where the call stands; `TaskState.unknown` if nobody knows the id: never enqueued, forgotten or expired.
    public var state: TaskState {
        get async throws { try await record?.state ?? .unknown }
    }

    /// All that is known of the call, or `nil`.
    public var record: TaskRecord? {
        get async throws { try await app.requireResults().record(of: id) }
    }

    /// The call that sent this one while it ran; `nil` if none did, or it is not known.
    public var parentID: TaskID? {
        get async throws { try await record?.parentID }
    }

    /// The calls that it has sent while it ran, where the backend keeps them; complete once it has ended.
    public var children: [ResultNode] {
        get async throws { try await record?.children ?? [] }
    }

    /// What the task said last through its context, if it is of that type.
    public func meta<Meta: Decodable>(as type: Meta.Type = Meta.self) async throws -> Meta? {
        try await record?.meta.map { try JSONCoding.decode(Meta.self, from: $0) }
    }

    // MARK: Waiting

    /// Waits for the call to end, and gives its output.
    ///
    /// Wakes by notification. Any number of callers may wait for one call. The handle of a chain throws as soon as one of its
    /// steps has failed or was revoked.
    ///
    /// - Parameter timeout: how long to wait; `nil` = as long as it takes.
    /// - Throws: `TaskFailure` if it failed or was revoked; `CeleriacError` with code `timeout`, `unknownTaskID` (there
    ///   is nothing to wait for), `wrongResultType` or `noResultBackend`; `BrokerError`.
    public func get(timeout: Duration? = nil) async throws -> Output {
        guard let timeout else { return try output(of: try await ended()) }
        return try output(of: try await ended(within: timeout))
    }

    /// The output if the call has succeeded already, else `nil`.
    ///
    /// - Throws: `TaskFailure` if it failed or was revoked.
    public var value: Output? {
        get async throws {
            guard let record = try await record, record.state.isTerminal else { return nil }
            return try output(of: record)
        }
    }

    /// Every state of the call from now on, progress included, until it has ended.
    ///
    /// States that follow each other faster than they can be read are skipped; the last one never is.
    public var updates: TaskUpdates { TaskUpdates(id: id, app: app) }

    /// The record of its end; of a chain that of the step that broke it. What breaks the header of a chord fails its body too,
    /// so that its many calls need not be watched.
    func ended() async throws -> TaskRecord {
        let steps = parents.filter { $0.members == nil }.map(\.id)
        guard !steps.isEmpty else { return try await ownEnd() }
        return try await withThrowingTaskGroup(of: TaskRecord?.self) { group in
            group.addTask { try await ownEnd() }
            for parent in steps { group.addTask { try await app.breach(by: parent) } }
            defer { group.cancelAll() }
            while let end = try await group.next() { if let end { return end } }
            throw CancellationError()
        }
    }

    private func ownEnd() async throws -> TaskRecord {
        let backend = try app.requireResults()
        var record = try await backend.record(of: id)
        while let current = record {
            if current.state.isTerminal { return current }
            record = try await backend.nextRecord(of: id, after: current)
        }
        throw CeleriacError(
            .unknownTaskID,
            "nothing is known of task \(id): it was never enqueued here, keeps no result, was forgotten, or has expired"
        )
    }

    private func ended(within timeout: Duration) async throws -> TaskRecord {
        try await app.within(timeout, or: "task \(id) has not ended after \(timeout)") { try await ended() }
    }

    func output(of record: TaskRecord) throws -> Output {
        guard record.state == .success else { throw record.failure ?? TaskFailure(record) }
        let result = record.result ?? Array("null".utf8)
        do {
            return try app.options.limits.json.replacesLoneSurrogates
                ? decode(JSONText.replacingLoneSurrogates(result)) : decode(result)
        } catch {
            let task = record.task.map { " of \"\($0)\"" } ?? ""
            throw CeleriacError(
                .wrongResultType, "the result\(task) (task \(id)) is no \(Output.self)", underlying: error)
        }
    }

    // MARK: Changing

    /// Deletes what is recorded of the call. Its message, if it still waits, stays.
    public func forget() async throws { try await app.requireResults().forget(id) }

    /// Keeps the call from starting, for good: even if its message comes later, and after restarts.
    ///
    /// - Parameters:
    ///   - terminate: whether to cancel it if it runs. A task that ignores cancellation runs on; its result is dropped.
    ///   - signal: how a Python worker ends the process that runs it.
    public func revoke(terminate: Bool = false, signal: ProcessSignal = .terminate) async throws {
        try await app.revoke([id], terminate: terminate, signal: signal)
    }
}

extension AsyncResult where Output: Decodable {
    /// Re-makes a handle from an id alone.
    public init(id: TaskID, app: TaskApp) {
        self.init(id: id, app: app) { try JSONCoding.decode(Output.self, from: $0, limits: .checkedBefore) }
    }

    /// The same, with the current app.
    ///
    /// - Throws: `CeleriacError` with code `noApp`.
    public init(id: TaskID) throws { self.init(id: id, app: try TaskApp.current) }
}

extension AsyncResult where Output == Void {
    public init(id: TaskID, app: TaskApp) {
        self.init(id: id, app: app) { _ in }
    }

    public init(id: TaskID) throws { self.init(id: id, app: try TaskApp.current) }
}

extension TaskApp {
    /// How a call broke the chain that it is in; `nil` once it has succeeded, or where nothing is known of it.
    fileprivate func breach(by id: TaskID) async throws -> TaskRecord? {
        let backend = try requireResults()
        var record = try await backend.record(of: id)
        while let current = record {
            if current.state.isTerminal { return current.state == .success ? nil : current }
            record = try await backend.nextRecord(of: id, after: current)
        }
        return nil
    }

    /// - Throws: `CeleriacError` with code `timeout` and these words; what `body` throws.
    func within<Value: Sendable>(
        _ timeout: Duration, or words: String, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await self.time.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            if let value = try await group.next() ?? nil { return value }
            throw CeleriacError(.timeout, words)
        }
    }
}

extension TaskFailure {
    /// For a record without a failure of its own.
    fileprivate init(_ record: TaskRecord) {
        self.init(
            type: record.state == .revoked ? "TaskRevokedError" : "TaskFailure",
            message: "task \(record.id) ended as \(record.state)"
        )
    }
}
