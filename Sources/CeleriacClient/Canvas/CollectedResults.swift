/// The calls of a workflow as they end, each followed by the calls that it has sent. Made by
/// ``ResultHandle/collect()``.
public struct CollectedResults: AsyncSequence, Sendable {
    public typealias Element = CollectedResult

    let tree: ResultTree

    public func makeAsyncIterator() -> Iterator { Iterator(tree) }

    /// Walks the calls, and waits for the end of each.
    public struct Iterator: AsyncIteratorProtocol {
        private let app: TaskApp
        private var waiting: [Waiting]
        private var place = 0
        private var known: Set<TaskID> = []

        private struct Waiting {
            let result: AsyncResult<JSONValue>
            let sender: TaskID?
        }

        init(_ tree: ResultTree) {
            app = tree.app
            waiting = tree.roots.flatMap { root in
                let handles = CanvasHandle(ids: root, app: tree.app).handles
                return handles.map { Waiting(result: $0, sender: nil) }
            }
        }

        /// - Throws: `CeleriacError` with code `noResultBackend`; `BrokerError`. A failed call does not throw; its
        ///   element contains the failure.
        public mutating func next() async throws -> CollectedResult? {
            while place < waiting.count {
                let (result, sender) = (waiting[place].result, waiting[place].sender)
                place += 1
                guard known.insert(result.id).inserted else { continue }
                let record = try await end(of: result)
                for child in record.children.flatMap(\.calls) {
                    waiting.append(Waiting(result: AsyncResult(id: child, app: app), sender: result.id))
                }
                return CollectedResult(id: result.id, sender: sender, record: record, result: result)
            }
            return nil
        }

        /// Waits for a call and returns its record. A call without a stored result gives an UNKNOWN record with its id
        /// only.
        private func end(of result: AsyncResult<JSONValue>) async throws -> TaskRecord {
            do { return try await result.ended() } catch let error as CeleriacError where error.code == .unknownTaskID {
                return TaskRecord(id: result.id, state: .unknown)
            }
        }
    }
}

/// A call of a workflow that has ended.
public struct CollectedResult: Sendable, Identifiable {
    /// The id of the call.
    public let id: TaskID
    /// The call that sent it while running, or that it follows; `nil` for the calls where the walk began.
    public let sender: TaskID?
    /// How it ended; for a broken chain, the record of the step that broke it. The state is UNKNOWN if no result is
    /// stored.
    public let record: TaskRecord
    let result: AsyncResult<JSONValue>

    /// The state in which it ended; UNKNOWN if no result is stored.
    public var state: TaskState { record.state }

    /// - Throws: `TaskFailure` if it failed, was revoked, or has no stored result.
    public func output() throws -> JSONValue { try result.output(of: record) }
}
