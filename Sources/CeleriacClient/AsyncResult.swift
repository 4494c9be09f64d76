/// The caller's handle of a call: reads its state and result, and revokes it. Holds little more than an id and an app.
///
/// Every read throws `CeleriacError` with code `noResultBackend` if the app keeps no results.
public struct AsyncResult<Output: Sendable>: Sendable, Identifiable {
    /// The id of the call.
    public let id: TaskID
    let app: TaskApp
    /// The steps before it in a chain, the nearest first. For the body of a chord, the header comes first.
    let parents: [CanvasResult]
    /// Whether the call was just sent, so that whoever waits for its end need not look first.
    private let isNew: Bool
    private let decode: @Sendable ([UInt8]) throws -> Output

    init(
        id: TaskID, app: TaskApp, parents: [CanvasResult] = [], isNew: Bool = false,
        decode: @escaping @Sendable ([UInt8]) throws -> Output
    ) {
        self.id = id
        self.app = app
        self.parents = parents
        self.isNew = isNew
        self.decode = decode
    }

    /// The step before it, if this is the handle of a chain that was just sent; `nil` for the first step of a chain, a
    /// call outside a chain, the body of a chord, and a handle made from an id.
    public var parent: AsyncResult<JSONValue>? { before?.result }

    /// The header, if this is the handle of a chord that was just sent. It gives the progress and the outputs of the
    /// header.
    public var header: GroupResult<JSONValue>? { before?.group }

    private var before: CanvasHandle? {
        guard var first = parents.first else { return nil }
        first.parents = Array(parents.dropFirst())
        return CanvasHandle(ids: first, app: app)
    }

    // MARK: State

    /// The state of the call; `TaskState.unknown` if the id is unknown: never enqueued, forgotten or expired.
    public var state: TaskState {
        get async throws { try await record?.state ?? .unknown }
    }

    /// Everything that is recorded of the call; `nil` if nothing is.
    public var record: TaskRecord? {
        get async throws { try await app.requireResults().record(of: id) }
    }

    /// The call that was running when it sent this one; `nil` if there was none or it is not known.
    public var parentID: TaskID? {
        get async throws { try await record?.parentID }
    }

    /// The calls that it sent while it ran, if the backend keeps them. The list is complete once the call has ended.
    public var children: [ResultNode] {
        get async throws { try await record?.children ?? [] }
    }

    /// Returns the metadata that the task last set through its context; `nil` if it set none. Throws if the metadata
    /// does not decode as that type.
    public func meta<Meta: Decodable>(as type: Meta.Type = Meta.self) async throws -> Meta? {
        try await record?.meta.map { try JSONCoding.decode(Meta.self, from: $0) }
    }

    // MARK: Waiting

    /// Waits for the call to end, and returns its output.
    ///
    /// A notification wakes the caller. Any number of callers may wait for one call. The handle of a chain throws as
    /// soon as one of its steps has failed or was revoked.
    ///
    /// - Parameter timeout: how long to wait; `nil` waits without limit.
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

    /// Every state of the call from now on, including progress, until it has ended.
    ///
    /// If states change faster than they are read, some are skipped; the last one never is.
    public var updates: TaskUpdates { TaskUpdates(id: id, app: app) }

    /// Waits for the end and returns its record; for a broken chain, the record of the step that broke it. A failure in
    /// the header of a chord also fails the body, so the calls of the header need not be watched.
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
        var record = isNew ? TaskRecord(id: id, state: .pending) : try await backend.record(of: id)
        while let current = record {
            if current.state.isTerminal { return current }
            record = try await backend.nextRecord(of: id, after: current)
        }
        throw CeleriacError(
            .unknownTaskID,
            "nothing is known about task \(id): it was never enqueued here, stores no result, "
                + "its result was deleted, or it has expired"
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
                .wrongResultType, "the result\(task) (task \(id)) is not a \(Output.self)", underlying: error)
        }
    }

    // MARK: Changing

    /// Deletes the record of the call. A message that still waits stays.
    public func forget() async throws { try await app.requireResults().forget(id) }

    /// Prevents the call from starting, permanently: even if its message arrives later, and across restarts.
    ///
    /// - Parameters:
    ///   - terminate: whether to cancel the call if it runs. A task that ignores cancellation keeps running; its result
    ///     is dropped.
    ///   - signal: the signal with which a Python worker ends the process that runs the call.
    public func revoke(terminate: Bool = false, signal: ProcessSignal = .terminate) async throws {
        try await app.revoke([id], terminate: terminate, signal: signal)
    }
}

extension AsyncResult where Output: Decodable {
    /// Makes a handle from an id.
    public init(id: TaskID, app: TaskApp) {
        self.init(id: id, app: app) { try JSONCoding.decode(Output.self, from: $0, limits: .checkedBefore) }
    }

    /// Makes a handle from an id, with the current app.
    ///
    /// - Throws: `CeleriacError` with code `noApp`.
    public init(id: TaskID) throws { self.init(id: id, app: try TaskApp.current) }
}

extension AsyncResult where Output == Void {
    /// Makes a handle from the id of a call without an output.
    public init(id: TaskID, app: TaskApp) {
        self.init(id: id, app: app) { _ in }
    }

    /// Makes a handle from the id of a call without an output, with the current app.
    ///
    /// - Throws: `CeleriacError` with code `noApp`.
    public init(id: TaskID) throws { self.init(id: id, app: try TaskApp.current) }
}

extension TaskApp {
    /// Waits for the end of a call and returns its record if it broke its chain; `nil` if it succeeded or nothing is
    /// known of it.
    fileprivate func breach(by id: TaskID) async throws -> TaskRecord? {
        let backend = try requireResults()
        var record = try await backend.record(of: id)
        while let current = record {
            if current.state.isTerminal { return current.state == .success ? nil : current }
            record = try await backend.nextRecord(of: id, after: current)
        }
        return nil
    }

    /// - Throws: `CeleriacError` with code `timeout` and these words; any error of `body`.
    func within<Value: Sendable>(
        _ timeout: Duration, or words: String, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let deadline = time.uptime + timeout
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await self.time.sleep(untilUptime: deadline)
                return nil
            }
            defer { group.cancelAll() }
            if let value = try await group.next() ?? nil { return value }
            throw CeleriacError(.timeout, words)
        }
    }
}

extension TaskFailure {
    /// Makes a failure for a record that contains none.
    fileprivate init(_ record: TaskRecord) {
        self.init(
            type: record.state == .revoked ? "TaskRevokedError" : "TaskFailure",
            message: "task \(record.id) ended as \(record.state)"
        )
    }
}
