/// The handle of a group of calls: gives their outputs in order, their progress, and each call as it ends.
public struct GroupResult<Output: Sendable>: Sendable, Identifiable {
    /// The id of the group, which each of its calls carries in the header `group`.
    public let id: TaskID
    /// The handles of the members, in their order.
    public let results: [AsyncResult<Output>]
    let app: TaskApp

    /// Makes a handle from results in the order of the group.
    public init(id: TaskID, results: [AsyncResult<Output>], app: TaskApp) {
        self.id = id
        self.results = results
        self.app = app
    }

    // MARK: Waiting

    /// Waits for all members to succeed.
    ///
    /// - Parameter timeout: the longest wait for all members together; `nil` waits without limit.
    /// - Returns: the outputs in the order of the group, whatever the order in which the members ended.
    /// - Throws: the `TaskFailure` of the first member that failed or was revoked, as soon as it did; else as
    ///   ``AsyncResult/get(timeout:)``.
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

    /// The members as they end, each once. Members that have ended already come first.
    ///
    /// ```swift
    /// for try await part in squares.completions { print(part.index, try part.output()) }
    /// ```
    ///
    /// A failed member is included; it throws only when you read its output. Leaving the loop ends the wait.
    public var completions: AsyncThrowingStream<GroupCompletion<Output>, any Error> {
        AsyncThrowingStream { stream in
            // Unstructured, because a stream has no scope. The stream cancels it when nothing can read from it any
            // longer.
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

    /// The number of members that have succeeded, as in Celery.
    public var completedCount: Int { get async throws { try await progress.succeeded } }

    /// The progress of the group. Reads the state of every member.
    public var progress: GroupProgress {
        get async throws {
            var progress = GroupProgress(total: results.count)
            guard !results.isEmpty else { return progress }
            try await app.requireResults().forEachRecord(of: results.map(\.id)) { _, record in
                if let record { progress.count(record.state) }
            }
            return progress
        }
    }

    // MARK: Changing

    /// Permanently prevents the members from starting. See ``AsyncResult/revoke(terminate:signal:)``.
    public func revoke(terminate: Bool = false, signal: ProcessSignal = .terminate) async throws {
        guard !results.isEmpty else { return }
        try await app.revoke(results.map(\.id), terminate: terminate, signal: signal)
    }

    /// Deletes the records of the members.
    public func forget() async throws {
        for result in results { try await result.forget() }
    }
}

extension GroupResult where Output: Decodable {
    /// Makes a handle from the ids of the members, in their order.
    public init(id: TaskID, members: [TaskID], app: TaskApp) {
        self.init(id: id, results: members.map { AsyncResult(id: $0, app: app) }, app: app)
    }
}

/// A member of a group that has ended.
public struct GroupCompletion<Output: Sendable>: Sendable {
    /// Its place in the group, from 0.
    public let index: Int
    /// How it ended; for a broken chain, the record of the step that broke it.
    public let record: TaskRecord
    /// The handle of the member.
    public let result: AsyncResult<Output>

    /// The state in which it ended.
    public var state: TaskState { record.state }

    /// - Throws: `TaskFailure` if it failed or was revoked; `CeleriacError` with code `wrongResultType`.
    public func output() throws -> Output { try result.output(of: record) }
}

/// The progress of a group: "37 of 100".
public struct GroupProgress: Sendable, Hashable, CustomStringConvertible {
    /// The number of members that have succeeded.
    public internal(set) var succeeded = 0
    /// The number of members that failed or were revoked.
    public internal(set) var failed = 0
    /// The number of members.
    public let total: Int

    init(total: Int) { self.total = total }

    /// The number of members that have ended: succeeded, failed or revoked.
    public var completed: Int { succeeded + failed }
    /// The completed fraction, from 0 to 1; 1 for an empty group.
    public var fraction: Double { total == 0 ? 1 : Double(completed) / Double(total) }
    public var description: String { "\(completed) of \(total)" }

    mutating func count(_ state: TaskState) {
        guard state.isTerminal else { return }
        if state == .success { succeeded += 1 } else { failed += 1 }
    }
}
