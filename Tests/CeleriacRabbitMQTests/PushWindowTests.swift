import CeleriacCore
import RabbitMQUnderTest
import TestKit
import Testing

@testable import CeleriacRabbitMQ

@Suite("What is sent ahead of the slots of a worker")
struct PushWindowTests {
    /// Settles messages at an even rate for 200 ms.
    private func settle(_ perSecond: Int, in window: inout PushWindow, from start: Duration = .seconds(1_000)) {
        let pause = Duration.seconds(1) / perSecond
        var now = start
        let end = now + .milliseconds(200)
        while now < end {
            _ = window.note(settled: 1, at: now)
            now += pause
        }
    }

    @Test("it is what the worker settles in ten milliseconds, and nothing for long tasks")
    func rate() {
        for (perSecond, size) in [(50_000, 500), (2_000, 20), (500_000, PushWindow.largest), (300, 0), (3, 0)] {
            var window = PushWindow()
            settle(perSecond, in: &window)
            #expect(abs(window.size - size) <= size / 20, "\(perSecond) a second")
        }
    }

    @Test("it stays as it is at nearly the same rate, and shrinks at a much lower one")
    func steady() {
        var window = PushWindow()
        settle(10_000, in: &window)
        let size = window.size
        settle(12_000, in: &window, from: .seconds(2_000))
        #expect(window.size == size)
        settle(1_000, in: &window, from: .seconds(3_000))
        #expect(window.size < size / 4)
    }

    @Test("a pause is no low rate")
    func pause() {
        var window = PushWindow()
        settle(10_000, in: &window)
        let size = window.size
        for second in [2_000, 3_000] {
            let hasChanged = window.note(settled: 1, at: .seconds(second))
            #expect(!hasChanged)
        }
        #expect(window.size == size)
        window.close()
        #expect(window.size == 0)
    }

    @Test("arrivals stay while claims come, and go back when none comes, or when they have waited too long")
    func unclaimed() {
        let start = ContinuousClock.now
        var watch = ClaimWatch(last: start)
        #expect(watch.rest(oldest: start, at: start) == .milliseconds(50))
        #expect(watch.rest(oldest: start, at: start + .milliseconds(50)) == .zero)
        for milliseconds in stride(from: 40, through: 440, by: 40) {
            watch.last = start + .milliseconds(milliseconds)
            #expect(watch.rest(oldest: start, at: watch.last) == .milliseconds(50))
        }
        watch.last = start + .milliseconds(480)
        #expect(watch.rest(oldest: start, at: watch.last) == .milliseconds(20))
        #expect(watch.rest(oldest: start + .milliseconds(470), at: watch.last) == .milliseconds(50))
        #expect(watch.rest(oldest: start, at: start + .milliseconds(501)) < .zero)
    }

    @Test(
        "what was sent ahead goes back to its queue when no slot becomes free, and another consumer has it",
        .timeLimit(.minutes(15)), arguments: [RabbitMQOptions.QueueType.plain, .quorum])
    func givenBack(type: RabbitMQOptions.QueueType) async throws {
        var options = RabbitMQOptions()
        options.queueType = type
        try await VirtualHosts.withStore(options) { store in
            try await store.publish((0..<3_000).map { .sample(TaskID("\($0)")) })
            var ended: Set<TaskID> = []
            try await store.consume(.default, capacity: 64) { consumer in
                let subscription = try #require((consumer as? RabbitMQConsumer)?.subscription(of: .default))
                while subscription.sentAhead == 0, ended.count < 2_900 {
                    let some = try await consumer.next(upTo: 64, from: [.default], wait: true)
                    #expect(try await consumer.settle(some.map { ($0.receipt, .ack) }) == [])
                    ended.formUnion(some.map(\.id))
                }
                #expect(subscription.sentAhead > 0)
                // A task that never ends, in a single slot.
                let stuck = try await consumer.next(upTo: 1, from: [.default], wait: true)
                try await store.consume(.default) { other in
                    while ended.count < 2_999 {
                        let some = try await other.next(upTo: 100, from: [.default], wait: true)
                        #expect(try await other.settle(some.map { ($0.receipt, .ack) }) == [])
                        ended.formUnion(some.map(\.id))
                    }
                }
                #expect(subscription.sentAhead == 0)
                #expect(stuck.allSatisfy { !ended.contains($0.id) })
                #expect(try await consumer.settle(stuck.map { ($0.receipt, .ack) }) == [])
            }
        }
    }
}
