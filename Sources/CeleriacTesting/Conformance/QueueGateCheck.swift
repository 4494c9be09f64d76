public import CeleriacCore
import Synchronization

/// A promise of every broker that is a ``QueueGate``.
public typealias QueueGateCheck = Check<any Broker & QueueGate>

extension Check where Subject == any Broker & QueueGate {
    public static var all: [QueueGateCheck] { listing + closing + opening }

    static var listing: [QueueGateCheck] {
        [
            QueueGateCheck("a pause is listed with its queue, actor, note and time") { broker, time in
                let words = BrokerCheck.hostileTexts.joined()
                try await broker.setPaused(true, "mail", by: words, note: words)
                await time.advance(by: .seconds(5))
                try await broker.setPaused(true, "a", by: "", note: "")
                let pauses = try await broker.pausedQueues()
                try expect(pauses.map(\.queue), is: ["a", "mail"], "paused queues")
                let mail = try require(pauses.last, "a pause")
                let cut = String(words.prefix(QueuePause.mostText))
                try expect([mail.actor, mail.note], is: [cut, cut], "actor and note")
                try expect(mail.at, is: time.now.adding(.seconds(-5)), "time")
            },
            QueueGateCheck("a second pause replaces the first, and a resumed queue is no longer listed") { broker, _ in
                try await broker.setPaused(true, "mail", by: "ada", note: "first")
                try await broker.setPaused(true, "mail", by: "bob", note: "second")
                try expect(await broker.pausedQueues().map(\.note), is: ["second"], "notes")
                try await broker.setPaused(false, "mail", by: "ada", note: "")
                try await broker.setPaused(false, "mail", by: "ada", note: "")
                try await broker.setPaused(false, "nobody", by: "ada", note: "")
                try expect(await broker.pausedQueues(), is: [], "pauses")
            },
        ]
    }

    static var closing: [QueueGateCheck] {
        [
            QueueGateCheck("nothing is claimed from a paused queue, and the other queues are served") { broker, _ in
                try await broker.publish("a", to: "mail")
                try await broker.publish("b", to: "other")
                try await broker.setPaused(true, "mail", by: "ada", note: "")
                try await broker.publish("c", to: "mail")
                try expect(await broker.drain(["mail", "other"]), is: ["b"], "claimed")
                try expect(await broker.counts(of: "mail").ready, is: 2, "ready")
            },
            QueueGateCheck("a pause stops consumers that have claimed from the queue before") { broker, _ in
                try await broker.publish("a", "b")
                try await broker.consume { consumer in
                    let first = try await consumer.claim()
                    try await broker.setPaused(true, .default, by: "ada", note: "")
                    try expect(await consumer.peers().count, is: 0, "claimed in the pause")
                    try expect(await consumer.settle(first, .ack), is: [], "receipts lost")
                    try await broker.setPaused(false, .default, by: "ada", note: "")
                    try expect(await consumer.claim().id, is: "b", "claimed after it")
                }
            },
            QueueGateCheck(
                "what is due, lapsed or given back in a pause stays in the queue", needs: [.leases, .movableTime]
            ) { broker, time in
                try await broker.publish("held", "given")
                try await broker.publish([.sample("late", to: .default, notBefore: time.now.adding(.seconds(5)))])
                try await broker.consume { consumer in
                    let held = try await consumer.claim()
                    let given = try await consumer.claim()
                    try await broker.setPaused(true, .default, by: "ada", note: "")
                    try expect(await consumer.settle(given, .release()), is: [], "receipts lost")
                    await time.advance(by: lease + .seconds(1))
                    try expect(await consumer.peers().count, is: 0, "claimed in the pause")
                    try await broker.setPaused(false, .default, by: "ada", note: "")
                    let claimed = try await consumer.peers().map(\.id)
                    try expect(Set(claimed), is: [held.id, given.id, "late"], "claimed after it")
                }
            },
            QueueGateCheck("no claim that begins after a pause takes a message, however many claim at once") {
                broker, _ in
                try await broker.publish((0..<100).map { .sample(TaskID("\($0)"), to: .default) })
                let pause = Pause()
                let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<4 {
                        group.addTask { try await broker.lateClaims(in: pause) }
                    }
                    try await broker.setPaused(true, .default, by: "ada", note: "")
                    pause.begin()
                    return try await group.reduce(0, +)
                }
                try expect(taken, is: 0, "claimed after the pause")
            },
        ]
    }

    static var opening: [QueueGateCheck] {
        [
            QueueGateCheck("a resumed queue gives its messages in their order") { broker, _ in
                try await broker.publish("a", "b")
                try await broker.setPaused(true, .default, by: "ada", note: "")
                try expect(await broker.drain(), is: [], "claimed in the pause")
                try await broker.publish("c")
                try await broker.setPaused(false, .default, by: "ada", note: "")
                try expect(await broker.drain(), is: ["a", "b", "c"], "claimed after it")
            },
            QueueGateCheck("a resumption wakes a waiting claim") { broker, time in
                try await broker.setPaused(true, .default, by: "ada", note: "")
                try await broker.publish("a")
                let claimed = try await broker.wait(meanwhile: { await time.settle() }) {
                    try await broker.setPaused(false, .default, by: "ada", note: "")
                }
                try expect(claimed, is: ["a"], "claimed")
            },
        ]
    }
}

extension Broker {
    /// Claims a few messages and gives them back, over and over, until three claims have begun in the pause.
    ///
    /// - Returns: how many messages those three claims took.
    fileprivate func lateClaims(in pause: Pause) async throws -> Int {
        try await consume { consumer in
            var (late, taken) = (0, 0)
            while late < 3 {
                let isLate = pause.hasBegun
                let deliveries = try await consumer.peers(5)
                _ = try await consumer.settle(deliveries.map { ($0.receipt, .release()) })
                if isLate { (late, taken) = (late + 1, taken + deliveries.count) }
                await Task.yield()
            }
            return taken
        }
    }
}

/// Whether a pause has returned.
private final class Pause: Sendable {
    private let state = Guarded(false)

    var hasBegun: Bool { state.withLock { $0 } }
    func begin() { state.withLock { $0 = true } }
}
