#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacPool
import Logging

/// Runs the callbacks of a call whose attempt has ended, each as a task in the same pool.
///
/// ```
/// success ---> success callback ---> success
///                     | fails
/// failure ------------+-> failure callback ---> the failure; if that fails, its own
/// terminated ---> stopped callback ---> terminated, whatever it does
/// ```
///
/// The attempt keeps its slot and its lease meanwhile. Source of the rules: RQ 3.0.0, `worker/base.py` and
/// `worker/worker_classes.py`.
struct CallbackRunner: Sendable {
    let app: TaskApp
    let worker: String
    let limits: LiveLimits
    let pool: any WorkerPool

    /// - Returns: the execution with the outcome after the callbacks; the same one if the call has no callbacks.
    func execution(after execution: Execution, of attempt: Attempt) async -> Execution {
        guard let header = attempt.delivery.envelope.extra[JobCallbacks.header] else { return execution }
        return execution.with(await outcome(after: execution, of: attempt, JobCallbacks(header)))
    }

    private func outcome(
        after execution: Execution, of attempt: Attempt, _ callbacks: JobCallbacks
    ) async -> Outcome {
        let id = JSONValue.string(attempt.delivery.id.rawValue).bytes
        var outcome = execution.outcome
        if let callback = callbacks.success, case .success(let result) = outcome {
            let end = await run(callback, execution, attempt) { _ in [id, result] }
            outcome = outcome.following(success: end)
            log(callback, outcome, attempt)
        }
        if let callback = callbacks.failure, let failure = outcome.failureOfAttempt {
            let end = await run(callback, execution, attempt) { [id] + failure.arguments(for: $0) }
            outcome = outcome.following(failure: end)
            log(callback, end, attempt)
        }
        if let callback = callbacks.stopped, case .revoked(.terminated) = outcome {
            log(callback, await run(callback, execution, attempt) { _ in [id] }, attempt)
        }
        // A call that was acknowledged before it ran cannot be given back.
        if attempt.isAcknowledged, case .interrupted = outcome { return execution.outcome }
        return outcome
    }

    // MARK: One of them

    /// - Parameter arguments: JSON text each.
    private func run(
        _ callback: JobCallback, _ execution: Execution, _ attempt: Attempt,
        _ arguments: (AnyTask) -> [[UInt8]]
    ) async -> Outcome {
        app.told(await start(callback, execution, attempt, arguments), of: callback.task)
    }

    private func start(
        _ callback: JobCallback, _ execution: Execution, _ attempt: Attempt,
        _ arguments: (AnyTask) -> [[UInt8]]
    ) async -> Outcome {
        guard let task = app.registry[callback.task] else {
            return .failure(.notRegistered(callback.task, known: app.registry.count), .retry)
        }
        let delivery = attempt.delivery.calling(callback, arguments(task))
        do {
            let received = try app.codec.decode(delivery.envelope).arguments
            try task.parameters.map(received.check(against:))
            return await run(task, received, delivery, execution, attempt)
        } catch {
            return .failure(.unfit((error as? CeleriacError)?.wholeMessage ?? "\(error)"), .retry)
        }
    }

    private func run(
        _ task: AnyTask, _ arguments: ReceivedArguments, _ delivery: Delivery, _ execution: Execution,
        _ attempt: Attempt
    ) async -> Outcome {
        let now = app.time.now
        let own = Attempt(delivery, claimedAt: now)
        own.start(at: now)
        // A call that must not run twice is not given back because of its callback either.
        own.acknowledgement = attempt.acknowledgement
        let context = TaskContext(
            app: app, envelope: delivery.envelope, queue: delivery.queue, worker: worker,
            deliveryCount: delivery.deliveryCount.minimum, startedAt: now)
        let run = TaskRun(
            attempt: own, task: task, arguments: arguments, context: context,
            times: limits.times(of: task, for: delivery.envelope))
        let outcome = await perform(run, beside: attempt)
        execution.context?.add(context.children)
        return outcome
    }

    /// Runs in a task of its own, because a cancellation of the call that came before must not cancel the callback. A
    /// later cancellation of the call does.
    private func perform(_ run: TaskRun, beside attempt: Attempt) async -> Outcome {
        let end = OneShot<Outcome>()
        // Read before the callback starts: a cancellation that comes once it runs is a later one.
        let before = attempt.cancelReason
        run.handle.run(in: Task { [pool] in end.resolve(await pool.run(run).outcome) })
        attempt.observe { reason in if reason != before { run.handle.cancel(because: reason) } }
        let outcome = await end.value
        attempt.forgetObserver()
        return outcome
    }

    private func log(_ callback: JobCallback, _ outcome: Outcome, _ attempt: Attempt) {
        if case .success = outcome { return }
        app.logger.warning(
            "callback did not succeed",
            metadata: [
                "task_id": "\(attempt.delivery.id)", "task": "\(callback.task)", "outcome": "\(outcome.word)",
            ])
    }
}

extension TaskFailure {
    /// The arguments of a failure callback after the id, each as JSON text: the error as one text, or, if the task
    /// requires more arguments, RQ's three, which are type, value and traceback.
    fileprivate func arguments(for callback: AnyTask) -> [[UInt8]] {
        let required = callback.parameters?.count { !$0.hasDefault } ?? 2
        guard required > 2 else { return [JSONValue.string("\(self)").bytes] }
        return [typePath, message, traceback ?? ""].map { JSONValue.string($0).bytes }
    }

    static let callbackWithoutEnd = TaskFailure(
        type: "CallbackError", module: "Celeriac", message: "a callback cannot ask to run later or to be replaced")
}

extension Delivery {
    /// The same delivery for a callback, with its name, its arguments (JSON text each) and its time limit.
    fileprivate func calling(_ callback: JobCallback, _ arguments: [[UInt8]]) -> Delivery {
        var headers = envelope.headers
        headers.task = callback.task
        (headers.timeLimit, headers.softTimeLimit) = (callback.timeout, nil)
        (headers.eta, headers.expires, headers.compression, headers.shadow) = (nil, nil, nil, nil)
        headers.history = []
        headers.extra[JobCallbacks.header] = nil
        headers.extra[JobRetry.header] = nil
        var writer = JSONWriter()
        writer.beginArray()
        writer.beginArray()
        for argument in arguments { writer.raw(argument) }
        writer.endArray()
        writer.beginObject()
        writer.endObject()
        writer.raw(Message.emptyEmbed)
        writer.endArray()
        return Delivery(
            receipt: receipt, envelope: Envelope(headers: headers, body: writer.bytes), deliveryCount: deliveryCount,
            leaseDeadline: leaseDeadline)
    }
}
