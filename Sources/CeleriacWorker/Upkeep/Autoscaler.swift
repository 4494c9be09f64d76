import CeleriacPool
import Logging
import Synchronization

/// Grows a worker's slots while waiting calls find no free slot, and shrinks them after half a minute without need.
///
/// Source of the rules: `celery/worker/autoscale.py`.
final class Autoscaler: Sendable {
    private static let interval = Duration.seconds(1)
    private static let patience = Duration.seconds(30)

    private let app: TaskApp
    private let slots: Slots
    private let consumer: OpenConsumer
    private let pool: any WorkerPool
    private let queues: LiveQueues
    private let state: Guarded<ClosedRange<Int>>

    init(
        app: TaskApp, slots: Slots, consumer: OpenConsumer, pool: any WorkerPool, queues: LiveQueues,
        range: ClosedRange<Int>
    ) {
        self.app = app
        self.slots = slots
        self.consumer = consumer
        self.pool = pool
        self.queues = queues
        state = Guarded(range)
    }

    /// The limits, in slots of this process or in children.
    var range: ClosedRange<Int> { state.withLock { $0 } }

    private var slotRange: ClosedRange<Int> {
        let (range, step) = (range, pool.step)
        return (range.lowerBound * step)...(range.upperBound * step)
    }

    /// Changes the limits, and at once brings a size outside of them back within.
    func update(_ range: ClosedRange<Int>) {
        state.withLock { $0 = range }
        let slots = slotRange
        resize { min(max($0, slots.lowerBound), slots.upperBound) }
    }

    /// Returns when cancelled.
    func run() async {
        var neededAt = app.time.uptime
        while (try? await app.time.sleep(for: Self.interval)) != nil {
            let (held, capacity) = (slots.begunCount, slots.capacity)
            let waiting = held < capacity ? 0 : await waitingCalls()
            let now = app.time.uptime
            if held >= capacity { neededAt = now }
            let next = Self.size(
                of: capacity, held: held, waiting: waiting, in: slotRange, isIdle: now - neededAt >= Self.patience
            )
            guard next != capacity else { continue }
            resize { _ in next }
            neededAt = now
        }
    }

    /// How many slots there should be. Pure.
    ///
    /// - Parameters:
    ///   - waiting: calls that are ready and find no slot.
    ///   - isIdle: whether a slot has been free for a long time.
    static func size(of capacity: Int, held: Int, waiting: Int, in range: ClosedRange<Int>, isIdle: Bool) -> Int {
        if held >= capacity, waiting > 0 { return min(range.upperBound, capacity + min(waiting, range.upperBound)) }
        if held < capacity, isIdle { return max(range.lowerBound, held) }
        return min(max(capacity, range.lowerBound), range.upperBound)
    }

    private func waitingCalls() async -> Int {
        guard let counter = app.backend.counters else { return 0 }
        var waiting = 0
        for queue in queues.names {
            do { waiting += try await counter.counts(of: queue).ready ?? 0 } catch {
                app.logger.debug("the autoscaler could not count the waiting calls", metadata: ["error": "\(error)"])
            }
        }
        return waiting
    }

    private func resize(_ change: (Int) -> Int) {
        let before = slots.capacity
        let step = pool.step
        // Rounded up to whole children.
        let after = slots.resize { (change($0) + step - 1) / step * step }
        guard after != before else { return }
        consumer.resize(to: after)
        pool.resize(toSlots: after)
        app.logger.info("autoscaler", metadata: ["from": "\(before)", "to": "\(after)"])
    }
}
