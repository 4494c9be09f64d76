/// The handle of a group of calls: their outputs in order, how far they are, and each as it ends.
public struct GroupResult<Output: Sendable>: Sendable, Identifiable {
    /// The group's own, which is the header `group` of each of its calls.
    public let id: TaskID
    /// Of its members, in their order.
    public let results: [AsyncResult<Output>]
    let app: TaskApp

    /// Of results that are in the order of the group.
    public init(id: TaskID, results: [AsyncResult<Output>], app: TaskApp) {
        self.id = id
        self.results = results
        self.app = app
    }

    // MARK: Waiting

    /// Waits for all members to succeed.
    ///
    /// - Parameter timeout: for all of them together; `nil` = as long as it takes.
    /// - Returns: their outputs in the order of the group, in whatever order they came.
    /// - Throws: as soon as one has failed or was revoked, its `TaskFailure`; else as ``AsyncResult/get(timeout:)``.
    public func get(timeout: Duration? = nil) async throws -> [Output] {
        guard let timeout else { return try await outputs() }
        let words = "the \(results.count) calls of group \(id) have not all ended after \(timeout)"
        return try await app.within(timeout, or: words) { try await outputs() }
    }

    private func outputs() async throws -> [Output] {
        try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            for (index, result) in results.enumerated() { group.addTask { (index, try await result.get()) } }
            var outputs: [Output?] = Array(repeating: nil, count: results.count)
            for try await (index, output) in group { outputs[index] = output }
            return outputs.compactMap(\.self)
        }
    }

    /// The members as they end, each once: first those that have ended already.
    ///
    /// ```swift
    /// for try await part in squares.completions { print(part.index, try part.output()) }
    /// ```
    ///
    /// A member that failed is one of them, and throws only when its output is asked for. Who leaves the loop waits no longer.
    public var completions: AsyncThrowingStream<GroupCompletion<Output>, any Error> {
        AsyncThrowingStream { stream in
            let waiting = Task {
                do {
                    try await forEachCompletion { stream.yield($0) }
                    stream.finish()
                } catch {
                    stream.finish(throwing: error)
                }
            }
            stream.onTermination = { _ in waiting.cancel() }
        }
    }

    private func forEachCompletion(_ body: (GroupCompletion<Output>) -> Void) async throws {
        try await withThrowingTaskGroup(of: GroupCompletion<Output>.self) { group in
            for (index, result) in results.enumerated() {
                group.addTask { GroupCompletion(index: index, record: try await result.ended(), result: result) }
            }
            for try await completion in group { body(completion) }
        }
    }

    // MARK: State

    /// How many members have succeeded, as in Celery.
    public var completedCount: Int { get async throws { try await progress.succeeded } }

    /// How far the group is. Asks for every member's state.
    public var progress: GroupProgress {
        get async throws {
            try await withThrowingTaskGroup(of: TaskState.self) { group in
                for result in results { group.addTask { try await result.state } }
                var progress = GroupProgress(total: results.count)
                for try await state in group { progress.count(state) }
                return progress
            }
        }
    }

    // MARK: Changing

    /// Keeps its members from starting, for good. See ``AsyncResult/revoke(terminate:signal:)``.
    public func revoke(terminate: Bool = false, signal: ProcessSignal = .terminate) async throws {
        guard !results.isEmpty else { return }
        try await app.revoke(results.map(\.id), terminate: terminate, signal: signal)
    }

    /// Deletes what is recorded of its members.
    public func forget() async throws {
        for result in results { try await result.forget() }
    }
}

extension GroupResult where Output: Decodable {
    /// Re-makes a handle from the ids of its members, in their order.
    public init(id: TaskID, members: [TaskID], app: TaskApp) {
        self.init(id: id, results: members.map { AsyncResult(id: $0, app: app) }, app: app)
    }
}

/// A member of a group that has ended.
public struct GroupCompletion<Output: Sendable>: Sendable {
    /// Its place in the group, from 0.
    public let index: Int
    /// How it ended; of a chain, the record of the step that broke it if one did.
    public let record: TaskRecord
    public let result: AsyncResult<Output>

    public var state: TaskState { record.state }

    /// - Throws: `TaskFailure` if it failed or was revoked; `CeleriacError` with code `wrongResultType`.
    public func output() throws -> Output { try result.output(of: record) }
}

/// How far a group is: "37 of 100".
public struct GroupProgress: Sendable, Hashable, CustomStringConvertible {
    public internal(set) var succeeded = 0
    /// Failed or revoked.
    public internal(set) var failed = 0
    public let total: Int

    init(total: Int) { self.total = total }

    /// Those that have ended, one way or another.
    public var completed: Int { succeeded + failed }
    /// 0 to 1; of an empty group 1.
    public var fraction: Double { total == 0 ? 1 : Double(completed) / Double(total) }
    public var description: String { "\(completed) of \(total)" }

    mutating func count(_ state: TaskState) {
        guard state.isTerminal else { return }
        if state == .success { succeeded += 1 } else { failed += 1 }
    }
}
