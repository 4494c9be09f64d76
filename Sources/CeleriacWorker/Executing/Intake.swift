import Logging
import Synchronization

/// Claims deliveries for free slots and for the window in front of them, until it is cancelled or there is nothing left
/// to do.
struct Intake: Sendable {
    let app: TaskApp
    let options: WorkerOptions
    let selection: QueueSelection
    let slots: Slots
    /// Counts the started attempts over all claims of the worker.
    let tally: IntakeTally
    /// `nil` if the broker itself holds back everything that must not start.
    let screen: DeliveryScreen?

    /// - Returns: whether it has come to its own end: in burst mode, when the queues are empty and nothing runs, or
    ///   after `maxTasks`. Otherwise it was cancelled.
    /// - Throws: the broker's error if it is one that waiting does not cure.
    func run(from consumer: any Consumer) async throws -> Bool {
        var generator = SystemRandomNumberGenerator()
        let queues = selection.queues
        var last: QueueName?
        while !Task.isCancelled {
            let left = (options.maxTasks ?? .max) - tally.started
            guard !queues.isEmpty || left <= 0 else { return try await idle() }
            slots.look()
            // A waiting call that is given back does not count as an attempt.
            if left <= 0, !slots.waits { return true }
            let limit = min(slots.room, left, selection.mostPerClaim)
            guard limit > 0 else {
                await slots.waitForChange()
                continue
            }
            let order = selection.drawn(after: last, using: &generator)
            var deliveries = try await claim(upTo: limit, of: order, from: consumer)
            last = deliveries.last?.queue ?? last
            var repeated: Set<Receipt> = []
            if let screen {
                deliveries = await screen.markingRevoked(deliveries)
                repeated = await screen.repeated(among: deliveries)
            }
            take(deliveries, repeated)
            tally.add(deliveries.count)
            guard options.burst, deliveries.isEmpty else { continue }
            if slots.isIdle { return true }
            await slots.waitForChange()
        }
        return false
    }

    /// No queue is left to serve: waits for the cancellation that comes with the next queue.
    private func idle() async throws -> Bool {
        if options.burst { return true }
        let never = OneShot<Void>()
        await withTaskCancellationHandler {
            await never.value
        } onCancel: {
            never.resolve(())
        }
        return false
    }

    /// Repeats the claim until the broker answers: a broker that restarts is no reason to end.
    private func claim(
        upTo limit: Int, of queues: [QueueName], from consumer: any Consumer
    ) async throws -> [Delivery] {
        var pauses = Pauses()
        while true {
            do {
                return try await consumer.next(upTo: limit, from: queues, wait: !options.burst)
            } catch is CancellationError {
                return []
            } catch let error as BrokerError where error.isTransient {
                app.logger.warning("claim failed, trying again", metadata: ["error": "\(error)"])
                guard (try? await app.time.sleep(for: pauses.next())) != nil else { return [] }
            }
        }
    }

    private func take(_ deliveries: [Delivery], _ repeated: Set<Receipt>) {
        let now = app.time.now
        slots.take(
            deliveries.map { delivery in
                Attempt(delivery, claimedAt: now, isRepeated: !repeated.isEmpty && repeated.contains(delivery.receipt))
            })
    }
}

/// The number of deliveries that a worker has claimed and not given back unstarted.
final class IntakeTally: Sendable {
    private let count = Atomic(0)

    var started: Int { count.load(ordering: .relaxed) }

    func add(_ number: Int) { count.add(number, ordering: .relaxed) }
}
