#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore
import CeleriacRQWire
import RESPClient
import RedisKit

/// The status lines of all workers, as `rq info` reads them. Our own workers also write their whole status to the field
/// `celeriac`.
extension RQStore: WorkerDirectory {
    /// Writes the worker's hash. The first heartbeat is its birth. From then on claims are made in its name.
    public func beat(_ status: WorkerStatus) async throws {
        identity.hasBeaten(status.name)
        let ttl = max(1, Int(wholeSeconds: status.expires.timeIntervalSince(time.now)))
        var words: RESPWords = [status.name, ttl, status.queues.count]
        words.append(contentsOf: status.queues)
        words.append(counting: Self.worker(status, at: await address()).birthFields)
        // The script sets the state to busy for a worker that holds jobs.
        let state: RQWorker.State = identity.isSuspended ? .suspended : .idle
        for (name, value) in [
            ("last_heartbeat", RQTime.text(status.lastBeat)), ("state", state.rawValue),
            ("queues", status.queues.joined(separator: ",")),
        ] {
            words.append(name)
            words.append(value)
        }
        if let date = status.stopRequestedAt {
            words.append("shutdown_requested_date")
            words.append(RQTime.text(date))
        }
        words.append(RQOwnPart.field)
        words.append([UInt8](try JSONEncoder().encode(status)))
        _ = try await run(RQScripts.beat, words)
    }

    /// Records the death of a worker: it is no longer listed, and its hash expires a minute later.
    public func leave(_ worker: String) async throws {
        identity.hasLeft(worker)
        _ = try await run(RQScripts.leave, [worker])
    }

    /// Also returns Python's workers, as far as their hashes describe them.
    public func workers() async throws -> [WorkerStatus] {
        let names = try await send(RESPCommand("SMEMBERS", keys.workers)).texts.compactMap(keys.worker(ofKey:))
        let hashes = try await server.send(names.map { RESPCommand("HGETALL", keys.worker($0)) })
        let now = time.now
        var workers: [WorkerStatus] = []
        for (name, hash) in zip(names, hashes) {
            let fields = RQFields(hash)
            guard !fields.fields.isEmpty, fields.text("death") == nil else { continue }
            // A line in the format of a later version is read like Python's.
            let own = fields[RQOwnPart.field].flatMap {
                try? JSONDecoder().decode(WorkerStatus.self, from: Data($0))
            }
            if let own {
                if own.expires > now { workers.append(own) }
            } else if let worker = try? RQWorker(name: name, fields: fields) {
                workers.append(try await status(of: worker, now: now))
            }
        }
        return workers.sorted { $0.name < $1.name }
    }

    // MARK: Detail

    /// Returns the address of our connection; `nil` if the server does not report it.
    private func address() async -> String? {
        if let known = identity.address { return known }
        let line = try? await send(RESPCommand("CLIENT", "INFO")).text
        identity.address = line?.split(separator: " ").first { $0.hasPrefix("addr=") }.map { String($0.dropFirst(5)) }
        return identity.address
    }

    private static func worker(_ status: WorkerStatus, at address: String?) -> RQWorker {
        var worker = RQWorker(name: status.name)
        (worker.birth, worker.lastHeartbeat) = (status.startedAt, status.lastBeat)
        (worker.queues, worker.address) = (status.queues, address)
        (worker.processID, worker.hostname) = (Int(status.pid), status.host)
        (worker.version, worker.pythonVersion) = ("Celeriac", "Swift")
        return worker
    }

    private func status(of worker: RQWorker, now: Date) async throws -> WorkerStatus {
        let lastBeat = worker.lastHeartbeat ?? worker.birth ?? now
        var status = WorkerStatus(
            name: worker.name, host: worker.hostname ?? "", pid: Int32(clamping: worker.processID ?? 0),
            startedAt: worker.birth ?? lastBeat, lastBeat: lastBeat, expires: lastBeat.adding(.seconds(480)))
        (status.kind, status.version) = (worker.isOurs ? .swift : .python, worker.version)
        status.queues = worker.queues
        status.concurrency = 1
        status.processed = worker.successfulJobs.addingReportingOverflow(worker.failedJobs).partialValue
        status.failed = worker.failedJobs
        let members = try await send(RESPCommand("SMEMBERS", keys.executions(ofWorker: worker.name))).texts
        for (job, _) in members.compactMap(RQExecution.parse(member:)) {
            guard let message = try await readMessage(of: job) else { continue }
            status.running.append(
                WorkerStatus.Running(
                    id: job.rawValue, task: message.envelope.task.rawValue, queue: message.queue.rawValue,
                    attempt: message.envelope.attempt, startedAt: message.job.startedAt ?? lastBeat))
        }
        return status
    }
}

extension RQWorker {
    /// Whether a Swift worker has written the hash.
    fileprivate var isOurs: Bool { pythonVersion == "Swift" }
}

extension RQKeys {
    /// Returns the name in the key of a worker's hash.
    func worker(ofKey key: String) -> String? {
        let head = worker("")
        return key.hasPrefix(head) ? String(key.dropFirst(head.count)) : nil
    }
}
