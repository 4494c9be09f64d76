import Logging
import Synchronization

/// The scopes of a worker's run, outermost first. Each outlasts all scopes within it, and then ends its own part.
///
/// ```
/// consumer        gives back what is left unsettled
///   events        are sent, the worker's own farewell the last
///     helpers     renew leases, listen, beat; they are cancelled
///       launcher  has looked for the chords that the last settled part may have made due
///         settler has written the last end
///           intake claims until the worker is asked to end; then what runs may finish, is cancelled, or is left
/// ```
extension WorkerSession {
    func work(_ beat: BeatSession?) async throws {
        let terms = ConsumerTerms(
            queues.names, lease: options.lease, capacity: slots.capacity,
            buryUnreadable: app.backend.burialOfUnreadable)
        try await app.broker.withConsumer(terms) { opened in
            consumer.open(opened)
            if opened.sendsAhead { slots.closeWindow() }
            defer { consumer.close() }
            try await withEvents {
                await withHelpers(opened, beat) {
                    await withLauncher {
                        await withSettler { await serve(opened) }
                    }
                }
            }.get()
        }
    }

    /// Sends events until the worker has announced that it goes offline.
    private func withEvents<Value: Sendable>(_ body: () async -> Value) async -> Value {
        await keep({ [events] in await events?.run() }, until: body) {
            pulse?.stop()
            events?.finish()
        }
    }

    /// Keeps the leases, and listens, until the last end is written.
    private func withHelpers<Value: Sendable>(
        _ consumer: any Consumer, _ beat: BeatSession?, _ body: () async -> Value
    ) async -> Value {
        await withTaskGroup(of: Void.self) { group in
            start(helpers: &group, consumer, beat)
            startListening(&group)
            // A session is never cancelled: it is asked to stop, which opens the gate too.
            _ = try? await listening.wait()
            if refusal == nil { startTalking(&group) }
            let value = await body()
            group.cancelAll()
            await group.waitForAll()
            return value
        }
    }

    /// Launches due chords until the last end is written, since that may contain the last part of one.
    private func withLauncher<Value: Sendable>(_ body: () async -> Value) async -> Value {
        await keep({ [launcher] in await launcher?.run() }, until: body) { launcher?.finish() }
    }

    /// Writes ends until the last attempt has ended or been given up.
    private func withSettler<Value: Sendable>(_ body: () async -> Value) async -> Value {
        await keep({ [settler] in await settler.run() }, until: body) { settler.finish() }
    }

    private var refusal: BrokerError? { stopping.withLock { $0.refusal } }

    /// Claims and runs until the worker is asked to end, or comes to its own end; then ends the running tasks.
    private func serve(_ consumer: any Consumer) async -> Result<Void, any Error> {
        if let refusal { return .failure(refusal) }
        await hooks.tell(.started(worker: name, tasks: app.registry.all.map(\.name)))
        let end = await takeIn(from: consumer)
        giveBack(slots.withdraw())
        await drain()
        await endPool()
        return end
    }

    /// Runs `part` on the lane while `body` runs. Once `body` is over, asks the part to `finish` and awaits its end.
    private func keep<Value: Sendable>(
        _ part: @escaping @Sendable () async -> Void, until body: () async -> Value, then finish: () -> Void
    ) async -> Value {
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: lane) { await part() }
            let value = await body()
            finish()
            await group.waitForAll()
            return value
        }
    }
}
