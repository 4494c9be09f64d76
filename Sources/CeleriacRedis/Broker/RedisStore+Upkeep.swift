import CeleriacCore
import Foundation
import Logging
import RESPClient
import RedisKit
import StoreKit

extension RedisStore {
    /// Moves due messages, gives back abandoned ones, deletes what is no longer needed, and warns of clocks that
    /// differ.
    ///
    /// Claims do the first two for their own queues. This does them for all queues, and also gives back what Python
    /// held.
    public func run() async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.moveWhatIsDue() }
                group.addTask { try await self.keepUp() }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch is CancellationError {}
    }

    private func keepUp() async throws {
        var cursors = ["0", "0"]
        var trouble = UpkeepTrouble(logger)
        while true {
            do {
                try await reap()
                try await tendDeadLetters()
                cursors = try await tidy(cursors)
                try await compareClocks()
                trouble.isOver()
            } catch let error as BrokerError where error.code != .closed {
                trouble.note(error)
                cursors = ["0", "0"]
            }
            try await time.sleep(for: .seconds(.random(in: 4...6)))
        }
    }

    /// Also moves due messages of queues that only Python's workers serve: they do not know of delayed messages.
    private func moveWhatIsDue() async throws {
        var trouble = UpkeepTrouble(logger)
        while true {
            var pause = Duration.seconds(1)
            do {
                let next = try await run(Scripts.move, []).integer ?? -1
                if next >= 0 { pause = min(pause, .microseconds(next) + .milliseconds(1)) }
                trouble.isOver()
            } catch let error as BrokerError where error.code != .closed {
                trouble.note(error)
            }
            try await time.sleep(for: pause)
        }
    }

    /// Gives back messages whose leases are over, and those that Python has held beyond the visibility timeout.
    func reap() async throws {
        let names = try await knownQueues()
        let reserved = keys.taken.patterns
        let words: RESPWords =
            [options.visibilityTimeout.microseconds, reserved.count] + RESPWords(reserved) + RESPWords(names)
        let answer = try await run(Scripts.reap, words).elements(atLeast: 5, of: "REAP")
        let counts = try answer.prefix(3).map { try $0.count(of: "REAP") }
        strayKeys.note(answer[3])
        strayKeys.noteRenamed(answer[4])
        if counts[0] + counts[1] > 0 {
            logger.info(
                "Gave back messages that nobody holds any longer",
                metadata: ["ours": "\(counts[0])", "python": "\(counts[1])"])
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
        if abs(difference) > 1, server.check.mayWarnOfClocks() {
            logger.warning(
                "The clocks of Redis and of this machine differ: eta and expiry of mixed fleets go wrong by as much",
                metadata: ["seconds": "\((difference * 10).rounded() / 10)"])
        }
    }
}
