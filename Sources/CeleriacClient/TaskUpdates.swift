/// The states of one call as they change, until it has ended.
///
/// ```swift
/// for try await update in result.updates {
///     print(update.state, try update.meta(as: Progress.self) as Any)
/// }
/// ```
///
/// Starts with the current state. Ends after a terminal state, or at once if nothing is known of the call.
public struct TaskUpdates: AsyncSequence, Sendable {
    public typealias Element = TaskUpdate

    let id: TaskID
    let app: TaskApp

    public func makeAsyncIterator() -> Iterator { Iterator(id: id, app: app) }

    /// Waits for the next state.
    public struct Iterator: AsyncIteratorProtocol {
        let id: TaskID
        let app: TaskApp
        private var seen: TaskRecord?
        private var isOver = false
        private var hasStarted = false

        init(id: TaskID, app: TaskApp) {
            self.id = id
            self.app = app
        }

        public mutating func next() async throws -> TaskUpdate? {
            guard !isOver else { return nil }
            let backend = try app.requireResults()
            seen = hasStarted ? try await backend.nextRecord(of: id, after: seen) : try await backend.record(of: id)
            hasStarted = true
            isOver = seen?.state.isTerminal ?? true
            return seen.map(TaskUpdate.init)
        }
    }
}

/// One state of a call.
public struct TaskUpdate: Sendable {
    /// Everything that is recorded of the call.
    public let record: TaskRecord

    /// The state.
    public var state: TaskState { record.state }
    /// The attempt that the state belongs to, from 1.
    public var attempt: Int { record.attempt }
    /// The failure, if the state is one after a failed attempt.
    public var failure: TaskFailure? { record.failure }

    /// Returns the metadata that the task set with this state; `nil` if it set none. Throws if the metadata does not
    /// decode as that type.
    public func meta<Meta: Decodable>(as type: Meta.Type = Meta.self) throws -> Meta? {
        try record.meta.map { try JSONCoding.decode(Meta.self, from: $0) }
    }
}
