public import CeleriacCore
import CeleriacWire
import RESPClient
import RedisKit

/// Stores results as Celery does: one document under `celery-task-meta-<id>`, published on the channel of the same
/// name.
extension RedisStore {
    /// STARTED with ``RedisOptions/tracksStart``, otherwise empty. A call without a record is PENDING.
    public var interimStates: Set<TaskState> { options.tracksStart ? [.started] : [] }

    public func record(_ changes: [StateChange]) async throws {
        for part in ResultPart.parts(of: changes.map(prepare)) {
            _ = try await run(Scripts.record, keys: part.keys, part.words, deadline: rest)
        }
    }

    public func record(of id: TaskID) async throws -> TaskRecord? {
        guard let document = try await document(of: id) else { return TaskRecord(id: id, state: .pending) }
        return try read(document, of: id)
    }

    /// A call without a document is PENDING.
    public func records(of ids: [TaskID]) async throws -> [TaskID: TaskRecord] {
        var records: [TaskID: TaskRecord] = [:]
        for part in ids.parts(of: Self.recordsPerRead) {
            for (id, document) in zip(part, try await documents(of: part)) {
                records[id] = try document.map { try read($0, of: id) } ?? TaskRecord(id: id, state: .pending)
            }
        }
        return records
    }

    private func document(of id: TaskID) async throws -> [UInt8]? {
        guard hasInjectedTime else { return try await send(RESPCommand("GET", keys.result(id))).bytes }
        return try await documents(of: [id])[0]
    }

    /// The number of documents that one `MGET` returns: if each has the maximum size, the answer stays below the
    /// client's ``RESPConfiguration/largestReply``.
    private static let documentsPerAnswer = 25

    /// Reads documents in one flush, in the order of the ids.
    private func documents(of ids: [TaskID]) async throws -> [[UInt8]?] {
        let parts = ids.parts(of: Self.documentsPerAnswer)
        let answers = try await send(parts.map(question(about:)))
        try server.throwFirstError(in: answers)
        guard answers.count == parts.count else { throw BrokerError.malformedAnswer(to: "MGET") }
        return try zip(parts, answers).flatMap { part, answer in
            try documents(in: answer, count: part.count)
        }
    }

    private func documents(in answer: RESPValue, count: Int) throws -> [[UInt8]?] {
        guard hasInjectedTime else {
            return try answer.elements(atLeast: count, of: "MGET").prefix(count).map(\.bytes)
        }
        let values = try answer.elements(atLeast: 2 * count, of: "MGET")
        let now = time.now.microseconds
        return (0..<count).map { index in
            let expires = values[2 * index + 1].text.flatMap(Int64.init)
            return expires.map { $0 <= now } == true ? nil : values[2 * index].bytes
        }
    }

    private func question(about ids: [TaskID]) -> RESPCommand {
        var command = RESPCommand("MGET")
        for id in ids {
            command.append(keys.result(id))
            if hasInjectedTime { command.append(keys.expiry(ofResult: id)) }
        }
        return command
    }

    private func read(_ document: [UInt8], of id: TaskID) throws -> TaskRecord {
        try ResultDocument.decode(document, id: id, limits: Self.resultLimits, formats: resultFormats)
    }

    /// Listens to the result's channel, looks at the key, and then waits for messages. A message is the document
    /// itself, so a result that arrives needs no further request.
    public func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord? {
        let seen = seen ?? TaskRecord(id: id, state: .pending)
        let ear = notices.listen(to: keys.result(id))
        defer { notices.leave(ear) }
        while true {
            switch try await ear.next(atMost: .seconds(1), time) {
            case .message(let document):
                // Only a final state is certain to be the latest.
                if let record = try? read(document, of: id), record.state.isTerminal, record != seen {
                    return record
                }
                fallthrough
            case .look:
                let record = try await record(of: id)
                if record != seen { return record }
            }
        }
    }

    /// Deletes the document, as Celery does, and tells waiters that the call is PENDING again.
    public func forget(_ id: TaskID) async throws {
        _ = try await run(Scripts.forget, keys: [keys.result(id)], [forgottenDocument(of: id)])
    }

    /// Somebody asked for this result: it may be as large as any setting allows.
    static let resultLimits = MessageLimits(resultBytes: MessageLimits.hardBodyBytes)

    /// The document that is published when a result is forgotten.
    func forgottenDocument(of id: TaskID) -> [UInt8] {
        prepare(StateChange(id: id, state: .pending, at: time.now)).document
    }
}

/// As many results as one script takes, limited in number and size so that other clients do not wait long.
private struct ResultPart {
    private static let most = 500
    private static let mostBytes = 4 << 20

    var keys: [String] = []
    /// Key, state, document and span of each result.
    var words = RESPWords()

    private mutating func add(_ result: PreparedResult) {
        keys.append(result.key)
        words.append(result.state)
        words.append(result.document)
        words.append(result.span)
    }

    static func parts(of results: [PreparedResult]) -> [ResultPart] {
        var parts: [ResultPart] = []
        for result in results {
            let size = result.document.count
            if parts.last.map({ $0.keys.count >= most || $0.words.size + size > mostBytes }) ?? true {
                parts.append(ResultPart())
            }
            parts[parts.count - 1].add(result)
        }
        return parts
    }
}
