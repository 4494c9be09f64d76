import CeleriacCore
import Foundation
import Logging
import RESPClient

extension RedisStore {
    /// Gives back what nobody holds any more, forgets what nobody needs, and warns of clocks that differ.
    ///
    /// Claims give back what we held in their own queues; this does it for all queues, and for what Python held.
    public func run() async throws {
        var cursors = ["0", "0"]
        do {
            while true {
                do {
                    try await reap()
                    cursors = try await tidy(cursors)
                    try await compareClocks()
                } catch let error as BrokerError where error.isTransient {
                    logger.debug("Upkeep waits for Redis", metadata: ["error": "\(error)"])
                }
                try await time.sleep(for: .seconds(.random(in: 4...6)))
            }
        } catch is CancellationError {}
    }

    /// Gives back what is held under leases that are over, and what Python has held beyond the visibility timeout.
    func reap() async throws {
        let names = try await send(RESPCommand("SMEMBERS", keys.queues)).elements?.compactMap(\.text) ?? []
        let words: RESPWords = [options.visibilityTimeout.microseconds] + RESPWords(names)
        let counts = try await run(Scripts.reap, words).elements?.compactMap(\.integer) ?? []
        guard counts.count == 3 else { return }
        if counts[0] + counts[1] > 0 {
            logger.info(
                "Gave back what nobody holds any more", metadata: ["ours": "\(counts[0])", "python": "\(counts[1])"])
            wakeUps.ring(names.compactMap(QueueName.init(rawValue:)))
        }
        if counts[2] > 0 {
            logger.warning(
                "Messages held beyond the visibility timeout belong to no queue that is bound; they stay where they are",
                metadata: ["count": "\(counts[2])", "key": "\(keys.unacked)"])
        }
    }

    private func tidy(_ cursors: [String]) async throws -> [String] {
        let words: RESPWords = [Duration.days(30).components.seconds] + RESPWords(cursors)
        let next = try await run(Scripts.tidy, words).elements?.compactMap(\.text) ?? []
        return next.count == 2 ? next : ["0", "0"]
    }

    private func compareClocks() async throws {
        guard !hasInjectedTime else { return }
        let asked = time.uptime
        let answer = try await send(RESPCommand("TIME")).elements?.compactMap(\.text).compactMap { Double($0) } ?? []
        guard answer.count == 2, time.uptime - asked < .milliseconds(200) else { return }
        let difference = answer[0] + answer[1] / 1e6 - time.now.timeIntervalSince1970
        if abs(difference) > 1, check.mayWarnOfClocks() {
            logger.warning(
                "The clocks of Redis and of this machine differ: eta and expiry of mixed fleets go wrong by as much",
                metadata: ["seconds": "\((difference * 10).rounded() / 10)"])
        }
    }
}
