public import CeleriacCore
package import CeleriacRQWire
import RESPClient
import RedisKit
import StoreKit

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension RQStore {
    /// Writes jobs and puts them into their queues, in one script: all or none.
    ///
    /// A job calls the function that has the name of its task. Time limit, expiry and group become RQ's `timeout`,
    /// `ttl` and `group_id`; a header `meta` becomes its metadata, and ``CeleriacCore/Publication/job`` everything else
    /// that RQ has fields for. A job that expires in its queue is gone, as in RQ. A job is refused if its id waits or
    /// runs already; a unique one, as long as a job with its id exists. Priorities are ignored, because RQ's queues
    /// have none.
    ///
    /// - Throws: ``BrokerError`` with code `refused` for an id or a queue that RQ does not accept, or a body that is no
    ///   plain JSON call.
    @discardableResult
    public func publish(_ publications: [Publication]) async throws -> PublishReport {
        guard !publications.isEmpty else { return PublishReport() }
        return try await publish(prepared: publications.map(prepare))
    }

    /// Enqueues jobs as RQ's own `Queue.enqueue`, `enqueue_at` and `enqueue_many` do, with all of RQ's features:
    /// dependencies, retries, repetition, rate limits, groups, callbacks, webhooks.
    ///
    /// ```swift
    /// var job = RQJob(id: "report-7", data: try RQCall.encode("reports.build", arguments, as: .pickle))
    /// job.dependencyIDs = ["fetch-7"]
    /// try await store.enqueue([RQEnqueueing(job, to: "default")])
    /// ```
    ///
    /// - Returns: the jobs that were refused because their id exists, see ``RQEnqueueing/isUnique``.
    /// - Throws: ``BrokerError`` with code `refused` for an id or a queue that RQ does not accept.
    @discardableResult
    package func enqueue(_ jobs: [RQEnqueueing]) async throws -> Set<TaskID> {
        guard !jobs.isEmpty else { return [] }
        for job in jobs { try check(job.queue) }
        let now = time.now
        let report = try await publish(prepared: jobs.map { try $0.prepared(at: now) })
        return Set(report.duplicates.keys)
    }

    func publish(prepared jobs: [RQPreparedJob]) async throws -> PublishReport {
        let rest = SendClock.rest(of: client.configuration.deadline)
        return try await publications.submit(jobs, within: rest) { [self] requests, deadline in
            try await publish(requests, deadline: deadline)
        }
    }

    private func publish(_ requests: [[RQPreparedJob]], deadline: Duration) async throws -> [PublishReport] {
        let jobs = requests.flatMap { $0 }
        var words: RESPWords = [jobs.count]
        for job in jobs { job.append(to: &words) }
        let refused = try await run(RQScripts.enqueue, words, deadline: deadline)
            .textsByIndex(below: jobs.count, of: "ENQUEUE").mapValues { TaskID($0) }
        wakeUps.ring(Set(jobs.map(\.queue)))
        var position = 0
        return requests.map { request in
            var report = PublishReport()
            for job in request {
                if let holder = refused[position] { report.duplicates[job.id] = holder }
                position += 1
            }
            return report
        }
    }

    // MARK: From publication to job

    func prepare(_ publication: Publication) throws -> RQPreparedJob {
        try check(publication.queue)
        let envelope = publication.envelope
        let now = time.now
        let body = try RQBody(envelope, limits: options.limits)
        var job = try job(of: envelope, body, options.serializer)
        job.origin = publication.queue.rawValue
        job.status = .queued
        (job.createdAt, job.enqueuedAt) = (now, now)
        if let expires = envelope.expires {
            let start = max(now, publication.notBefore ?? now)
            job.ttl = RQSpan(seconds: max(1, Int(wholeSeconds: expires.timeIntervalSince(start))))
        }
        let place = RQPlace(notBefore: publication.notBefore, atFront: publication.atFront, now: now)
        if case .due = place, publication.atFront { job.isEnqueuedAtFront = true }
        let options = publication.job
        if let options { job.take(options) }
        let digest = publication.unique.map { SHA1.digest(of: $0.key) }
        var own = [RQFields.Field(RQOwnPart.field, RQOwnPart(envelope, embed: body.embed).json)]
        if let digest { own.append(.init("celeriac_unique", digest)) }
        var prepared = try RQPreparedJob(
            job, in: publication.queue, place, options?.isUnique == true ? .refuse : .refuseUnlessEnded, own: own)
        if let digest, let unique = publication.unique {
            prepared.unique = (digest, unique.span == .untilStart ? "s" : "d")
        }
        return prepared
    }

    /// Returns a job with the fields that name the call and limit how it may run.
    func job(of envelope: Envelope, _ body: RQBody, _ serializer: RQSerializer) throws -> RQJob {
        let arguments = body.arguments
        var job = RQJob(
            id: envelope.id,
            data: try RQCall.encode(envelope.task, arguments, as: serializer, limits: options.limits))
        job.description = RQDescription.text(of: envelope.task, arguments)
        let limit = envelope.timeLimit ?? envelope.softTimeLimit
        job.timeout = limit.map { RQSpan(seconds: max(1, Int(wholeSeconds: $0.seconds))) } ?? .unlimited
        if envelope.ignoreResult == true { job.resultTTL = RQSpan(seconds: 0) }
        job.groupID = envelope.headers.group
        if let meta = envelope.headers.extra["meta"], case .object = meta {
            job.meta = try serializer.serialized(meta.bytes, limits: options.limits)
        }
        return job
    }
}

/// A job on its way into one of RQ's queues.
package struct RQEnqueueing: Sendable {
    package var job: RQJob
    package var queue: QueueName
    /// The earliest time to run; `nil` for at once. RQ reads whole seconds.
    package var notBefore: Date?
    /// Whether it is put before all other jobs.
    package var atFront = false
    /// Whether it is refused if a job with its id exists, as with RQ's `unique=True`; otherwise it overwrites that job.
    package var isUnique = false

    /// - Parameter job: its status, origin and dates are set when it is enqueued.
    package init(_ job: RQJob, to queue: QueueName) {
        self.job = job
        self.queue = queue
    }

    fileprivate func prepared(at now: Date) throws -> RQPreparedJob {
        var job = job
        job.origin = queue.rawValue
        job.createdAt = job.createdAt ?? now
        let place = RQPlace(notBefore: notBefore, atFront: atFront, now: now)
        if case .due = place { job.status = .scheduled } else { (job.status, job.enqueuedAt) = (.queued, now) }
        return try RQPreparedJob(job, in: queue, place, isUnique ? .refuse : .overwrite)
    }
}
