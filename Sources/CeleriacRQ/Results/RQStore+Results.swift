public import CeleriacCore
import CeleriacRQWire
import CeleriacWire
import RESPClient
import RedisKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// States and results as RQ keeps them: the status in the job's hash, the outcome in the stream of its results.
extension RQStore {
    /// Empty, because the job's status shows these states.
    public var interimStates: Set<TaskState> { [] }

    /// Reads RQ's status and the latest result; see the table of ``RQRecord``.
    public func record(of id: TaskID) async throws -> TaskRecord? {
        var record = RQRecord(
            id: id, fields: try await fields(ofHash: keys.job(id)), limits: options.limits)
        guard !hasExpired(record) else { return nil }
        if record.needsResult { record.readResult(from: try await send(latestResult(of: id))) }
        return try record.record()
    }

    /// Two flushes for each part: one for all hashes, one for the latest results of the jobs that have ended.
    public func records(of ids: [TaskID]) async throws -> [TaskID: TaskRecord] {
        var found: [TaskID: TaskRecord] = [:]
        for part in ids.parts(of: Self.recordsPerRead) {
            for record in try await read(part) { found[record.id] = try record.record() }
        }
        return found
    }

    private func read(_ ids: [TaskID]) async throws -> [RQRecord] {
        let hashes = try await answers(to: ids.map { RESPCommand("HGETALL", keys.job($0)) })
        var records = zip(ids, hashes).map { RQRecord(id: $0, fields: RQFields($1), limits: options.limits) }
        records.removeAll(where: hasExpired)
        let ended = records.indices.filter { records[$0].needsResult }
        let results = try await answers(to: ended.map { latestResult(of: records[$0].id) })
        for (index, answer) in zip(ended, results) { records[index].readResult(from: answer) }
        return records
    }

    private func answers(to commands: [RESPCommand]) async throws -> [RESPValue] {
        let answers = try await server.send(commands)
        try server.throwFirstError(in: answers)
        guard answers.count == commands.count else { throw BrokerError.malformedAnswer(to: "a pipeline") }
        return answers
    }

    private func latestResult(of id: TaskID) -> RESPCommand {
        RESPCommand("XREVRANGE", keys.results(of: id), "+", "-", "COUNT", 1)
    }

    /// Under an injected clock the server does not delete an expired job, so its own field tells.
    private func hasExpired(_ record: RQRecord) -> Bool {
        guard hasInjectedTime else { return false }
        return record.fields.text("celeriac_expires").flatMap { Int64($0) }.map { $0 <= time.now.microseconds } ?? false
    }

    /// Wakes when anybody writes a result, or one of our stores changes something. It sees a start by Python within a
    /// second.
    public func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord? {
        let ear = notices.listen(to: keys.changes(of: id))
        defer { notices.leave(ear) }
        await streams.listen(ear, to: id)
        defer { streams.leave(ear, of: id) }
        while true {
            let record = try await record(of: id)
            if record != seen { return record }
            _ = try await ear.next(atMost: .seconds(1), time)
        }
    }

    /// RQ's `DEFAULT_RESULT_TTL`.
    public var usualExpiry: Duration { .seconds(500) }

    /// Writes what is reported about a call apart from its settlement: its progress, or an end without a settlement.
    ///
    /// If the job exists, a custom state's `meta` becomes RQ's metadata, which Python reads with `job.get_meta()`. The
    /// field `celeriac_record` holds the whole change.
    public func record(_ changes: [StateChange]) async throws {
        for start in stride(from: 0, to: changes.count, by: 200) {
            var words = RESPWords()
            for change in changes[start..<min(start + 200, changes.count)] {
                try await append(change, to: &words)
            }
            _ = try await run(RQScripts.record, words)
        }
    }

    private func append(_ change: StateChange, to words: inout RESPWords) async throws {
        words.append(change.id.rawValue)
        words.append(change.state.rawValue)
        words.append(Self.status(of: change.state)?.rawValue ?? "")
        words.append(ResultDocument.encode(change, isExtended: true))
        words.append(change.expires.map { String(max(1, Int(wholeSeconds: $0.timeIntervalSince(time.now)))) } ?? "")
        var fields: [RQFields.Field] = []
        if let meta = change.meta, !change.state.isTerminal, let job = try await serializer(of: change.id),
            let value = try? JSONValue(parsing: meta), case .object = value
        {
            fields.append(.init("meta", try job.serialized(meta, limits: options.limits)))
        }
        words.append(counting: RQFields(fields))
        words.append(counting: try await entry(of: change))
    }

    /// Returns the serializer of the job; `nil` if there is no such job.
    func serializer(of id: TaskID) async throws -> RQSerializer? {
        let data = try await send(RESPCommand("HGET", keys.job(id), "data"))
        guard let bytes = data.bytes else { return nil }
        return try? RQSerializer(
            detecting: RQJob(id: id, fields: RQFields([.init("data", bytes)]), limits: options.limits).data)
    }

    /// Returns the entry that Python's clients read; `nil` if the job does not exist.
    private func entry(of change: StateChange) async throws -> RQFields? {
        guard change.state == .success || change.state == .failure,
            let serializer = try await serializer(of: change.id)
        else { return nil }
        var result = RQResult(change.state == .success ? .successful : .failed, workerName: change.worker ?? "")
        result.returnValue = change.result.flatMap { value in
            value == Array("null".utf8) ? nil : try? serializer.serialized(value, limits: options.limits)
        }
        result.exceptionText = change.failure?.tracebackText
        return try result.fields()
    }

    private static func status(of state: TaskState) -> RQStatus? {
        switch state {
        case .success: .finished
        case .failure: .failed
        case .revoked: .canceled
        default: nil
        }
    }

    /// Deletes a job that has ended, with its results. Of a job that waits or runs, only the recorded data is deleted.
    public func forget(_ id: TaskID) async throws { _ = try await run(RQScripts.forget, [id.rawValue]) }
}
