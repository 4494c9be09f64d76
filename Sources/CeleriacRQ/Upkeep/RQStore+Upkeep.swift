import CeleriacCore
import CeleriacRQWire
import Foundation
import Logging
import RESPClient
import RedisKit
import StoreKit

extension RQStore {
    /// Does RQ's background work until cancelled: moves scheduled jobs, gives back abandoned ones, and cleans the
    /// registries and groups, each under RQ's own locks, so that Python's schedulers and workers may do the same. It
    /// also receives RQ's commands for the worker of this process.
    ///
    /// Claims move jobs and give them back in their own queues; this does it for all queues. At its end it gives up our
    /// scheduler's locks, and waits at most 10 s for webhooks.
    public func run() async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                if options.schedules { group.addTask { try await self.repeating(self.schedule) } }
                group.addTask { try await self.heedCommands() }
                group.addTask { try await self.repeating(self.reap) }
                group.addTask { try await self.repeating(self.clean) }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch is CancellationError {
            do { try await unlock() } catch {
                logger.debug("A scheduler's locks will lapse", metadata: ["error": "\(error)"])
            }
            await webhooks.finish(within: Self.webhookPatience)
        }
    }

    /// - Parameter step: returns how long to wait until the next time.
    private func repeating(_ step: () async throws -> Duration) async throws {
        var trouble = UpkeepTrouble(logger)
        while true {
            var pause = Duration.seconds(1)
            do {
                pause = try await step()
                trouble.isOver()
            } catch let error as BrokerError where error.code != .closed {
                trouble.note(error)
            }
            try await time.sleep(for: pause)
        }
    }

    // MARK: Scheduling

    /// Moves due jobs in the queues that this scheduler holds the locks of.
    @discardableResult
    func schedule() async throws -> Duration {
        let queues = try await queues()
        let now = time.now
        var scheduler = RQScheduler(name: identity.scheduler)
        scheduler.hostname = RQIdentity.host
        scheduler.processID = RQIdentity.processID
        scheduler.queues = queues.map(\.rawValue)
        (scheduler.createdAt, scheduler.lastHeartbeat) = (now, now)
        var words = RESPWords()
        words.append(counting: scheduler.fields)
        words.append(contentsOf: queues.map(\.rawValue))
        let answer = (try await run(RQScripts.schedule, words).elements ?? []).compactMap(\.integer)
        guard answer.count == 2 else { throw BrokerError.malformedAnswer(to: "SCHEDULE") }
        if answer[0] > 0 { wakeUps.ring(queues) }
        return answer[1] < 0 ? .seconds(1) : min(.seconds(1), .microseconds(answer[1]) + .milliseconds(1))
    }

    /// Gives up the locks that our scheduler holds.
    func unlock() async throws {
        guard options.schedules else { return }
        // The end is waited for even in a cancelled task.
        try await server.shielded {
            let queues = try await self.queues()
            _ = try await self.run(RQScripts.unlock, RESPWords(queues.map(\.rawValue)))
        }
    }

    // MARK: Reaping

    /// Gives back jobs whose leases are over, or makes them fail.
    @discardableResult
    func reap() async throws -> Duration {
        let queues = try await queues()
        let date = ISODate.text(time.now)
        var abandoned = RQResult(.failed)
        abandoned.exceptionText = "AbandonedJobError: the worker that ran the job was lost; found at \(date)"
        var words: RESPWords = [options.abandoned.rawValue, options.failureSeconds]
        words.append(try abandoned.fields()["exc_string"] ?? [])
        words.append(contentsOf: queues.map(\.rawValue))
        let counts = (try await run(RQScripts.reap, words).elements ?? []).compactMap(\.integer)
        guard counts.count == 2 else { throw BrokerError.malformedAnswer(to: "REAP") }
        if counts.contains(where: { $0 > 0 }) {
            logger.info(
                "Found jobs whose workers are gone", metadata: ["requeued": "\(counts[0])", "failed": "\(counts[1])"])
            wakeUps.ring(queues)
        }
        return .seconds(.random(in: 4...6))
    }

    /// Does RQ's maintenance of registries, workers, intermediate lists and groups.
    @discardableResult
    func clean() async throws -> Duration {
        var trouble: BrokerError?
        for queue in try await queues() {
            do { try await clean(queue) } catch let error as BrokerError where error.code == .refused {
                trouble = error
            }
        }
        _ = try await run(RQScripts.cleanGroups, [])
        // A problem with the keys of one queue does not keep the others from being cleaned.
        if let trouble { throw trouble }
        return .seconds(.random(in: 50...70))
    }

    private func clean(_ queue: QueueName) async throws {
        let words: RESPWords = [options.intermediatePatience.microseconds, queue.rawValue]
        guard let back = try await run(RQScripts.clean, words).integer, back > 0 else { return }
        logger.info(
            "Gave back jobs that a worker took and did not start",
            metadata: ["queue": "\(queue)", "count": "\(back)"])
        wakeUps.ring([queue])
    }
}
