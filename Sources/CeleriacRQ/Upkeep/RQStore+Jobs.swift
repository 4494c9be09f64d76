public import CeleriacCore
import CeleriacRQWire
import RESPClient
import RedisKit
import StoreKit

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// RQ's operations on a single job. Source: RQ 3.0.0, `job.py`, `results.py`.
extension RQStore: JobBroker {
    public func jobStatus(of id: TaskID) async throws -> JobStatus? {
        var question = RESPCommand("HMGET", keys.job(id))
        question.append(contentsOf: ["status", "data", "celeriac_expires"])
        let answer = try await send(question).elements ?? []
        guard answer.count == 3, !answer[1].isNull, !isOver(answer[2].text) else { return nil }
        return answer[0].text.flatMap(JobStatus.init(rawValue:)) ?? .created
    }

    /// RQ 3.0.0, `timeouts.py`, `UnixSignalDeathPenalty`.
    public func failure(ofExceeding limit: Duration) -> TaskFailure {
        let seconds = limit.seconds
        let text = Int64(exactly: seconds).map(String.init) ?? "\(seconds)"
        return TaskFailure(
            type: "JobTimeoutException", module: "rq.timeouts",
            message: "Task exceeded maximum timeout value (\(text) seconds)")
    }

    public func snapshot(of id: TaskID) async throws -> JobSnapshot? {
        let answers = try await server.send([
            RESPCommand("HGETALL", keys.job(id)), RESPCommand("SMEMBERS", keys.dependents(of: id)),
        ])
        let fields = RQFields(answers[0])
        guard fields["data"] != nil, !isOver(fields.text("celeriac_expires")) else { return nil }
        var snapshot = JobSnapshot(try RQJob(id: id, fields: fields, limits: options.limits), limits: options.limits)
        snapshot.dependentIDs = answers[1].texts.sorted().map { TaskID($0) }
        if snapshot.status == .scheduled, let queue = snapshot.origin {
            snapshot.scheduledFor = try await date(of: id, in: .scheduled, of: queue)
        }
        return snapshot
    }

    public func results(of id: TaskID, limit: Int) async throws -> [JobResult] {
        guard limit > 0 else { return [] }
        let serializer = try await serializer(of: id) ?? options.serializer
        let answer = try await send(RESPCommand("XREVRANGE", keys.results(of: id), "+", "-", "COUNT", limit))
        return try (answer.elements ?? []).compactMap { entry in
            guard let parts = entry.elements, parts.count == 2, let name = parts[0].text else { return nil }
            let result = try RQResult(fields: RQFields(parts[1]), limits: options.limits)
            return try JobResult(result, entry: name, as: serializer, limits: options.limits)
        }
    }

    public func saveMeta(_ meta: JSONObject, of id: TaskID) async throws -> Bool {
        guard let serializer = try await serializer(of: id) else { return false }
        let text = try serializer.serialized(JSONValue.object(meta).bytes, limits: options.limits)
        var words: RESPWords = [id.rawValue]
        words.append(text)
        return try await run(RQScripts.saveMeta, words).integer == 1
    }

    public func cancelReleasingDependents(_ id: TaskID, until: Date) async throws -> Bool {
        let words: RESPWords = [3, until.scoreText, id.rawValue]
        let hasWaited = try await run(RQScripts.cancel, words).texts == [id.rawValue]
        // The released jobs may be in any queue.
        if hasWaited { wakeUps.ringAll() }
        return hasWaited
    }

    public func requeue(_ id: TaskID, atFront: Bool) async throws -> Bool {
        try await requeue([id], atFront: atFront).contains(id)
    }

    public func delete(_ id: TaskID, withDependents: Bool) async throws -> Bool {
        try await run(RQScripts.deleteJob, [id.rawValue, withDependents ? 1 : 0]).integer == 1
    }

    /// Whether the job has expired in virtual time, in which the server expires nothing.
    private func isOver(_ expires: String?) -> Bool {
        guard hasInjectedTime, let expires = expires.flatMap({ Int64($0) }) else { return false }
        return expires <= time.now.microseconds
    }
}
