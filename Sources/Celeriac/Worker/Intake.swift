import Logging

/// Claims deliveries for free slots and starts them, until it is cancelled or there is nothing left to do.
struct Intake: Sendable {
    let app: TaskApp
    let options: WorkerOptions
    let selection: QueueSelection
    let slots: Slots
    /// Runs one attempt to its end and hands it to the settler.
    let process: @Sendable (Attempt) async -> Void

    /// - Returns: when cancelled; in burst mode, when the queues are empty and nothing runs; after `maxTasks`.
    /// - Throws: the broker's error if it is of a kind that waiting does not mend.
    func run(from consumer: any Consumer) async throws {
        var started = 0
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled, started < options.maxTasks ?? .max {
            let ends = slots.ends
            let limit = min(slots.free, (options.maxTasks ?? .max) - started)
            guard limit > 0 else {
                await slots.waitForEnd(after: ends)
                continue
            }
            let deliveries = try await claim(upTo: limit, of: selection.drawn(using: &generator), from: consumer)
            start(deliveries)
            started += deliveries.count
            guard options.burst, deliveries.isEmpty else { continue }
            if slots.isIdle { return }
            await slots.waitForEnd(after: ends)
        }
    }

    /// Asks until the broker answers: a broker that restarts is no reason to end.
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

    /// Each attempt is a task of its own, unstructured because it must be cancelled alone; ``Slots`` knows them all, and
    /// the worker does not leave before they have ended or been given up.
    private func start(_ deliveries: [Delivery]) {
        guard !deliveries.isEmpty else { return }
        let now = app.time.now
        let attempts = deliveries.map { Attempt($0, claimedAt: now) }
        slots.take(attempts)
        // From the pool, not from the lane: one wake-up for all of them instead of one for each.
        Task {
            for attempt in attempts { attempt.run(in: Task { await process(attempt) }) }
        }
    }
}

/// The pauses between tries of something that failed: 50 ms, doubled up to 2 s.
struct Pauses: Sendable {
    private var pause = Duration.milliseconds(50)

    mutating func next() -> Duration {
        defer { pause = min(pause * 2, .seconds(2)) }
        return pause
    }
}
