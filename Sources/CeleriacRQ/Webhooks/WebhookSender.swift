import CeleriacCore
import CeleriacRQWire
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Sends webhooks, a few at a time, after the jobs that asked for them have ended. Their outcome changes nothing.
final class WebhookSender: Sendable {
    /// The most requests at once, and the most that wait.
    private static let (most, mostWaiting) = (16, 10_000)

    private struct State {
        var waiting: [WebhookCall] = []
        var running: [UInt64: Task<Void, Never>] = [:]
        var last: UInt64 = 0
        var idle: [CheckedContinuation<Void, Never>] = []

        var isIdle: Bool { running.isEmpty && waiting.isEmpty }
    }

    private let state = Guarded(State())
    private let logger: Logger
    private let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

    init(_ logger: Logger) { self.logger = logger }

    func send(_ calls: [WebhookCall]) {
        let dropped = state.withLock { state in
            let room = max(0, Self.mostWaiting - state.waiting.count)
            state.waiting += calls.prefix(room)
            startSome(&state)
            return calls.count - min(room, calls.count)
        }
        if dropped > 0 {
            logger.warning("Webhooks were dropped: too many wait", metadata: ["count": "\(dropped)"])
        }
    }

    /// Waits until all webhooks are sent; after `limit`, the remaining ones are given up.
    func finish(within limit: Duration) async {
        let deadline = loop.scheduleTask(in: TimeAmount(limit)) { self.giveUp() }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.isIdle { state.idle.append(continuation) }
                return state.isIdle
            }
            if isIdle { continuation.resume() }
        }
        deadline.cancel()
    }

    // MARK: One after the other

    private func startSome(_ state: inout State) {
        while state.running.count < Self.most, !state.waiting.isEmpty {
            let call = state.waiting.removeFirst()
            state.last += 1
            let number = state.last
            // No parent task waits for it: the job that asked for it has ended. Its timeout ends it.
            state.running[number] = Task {
                await self.perform(call)
                self.ended(number)
            }
        }
    }

    private func ended(_ number: UInt64) {
        let idle = state.withLock { state in
            state.running[number] = nil
            startSome(&state)
            guard state.isIdle else { return [CheckedContinuation<Void, Never>]() }
            defer { state.idle = [] }
            return state.idle
        }
        for continuation in idle { continuation.resume() }
    }

    private func giveUp() {
        let (running, waiting, idle) = state.withLock { state in
            defer { (state.waiting, state.idle) = ([], []) }
            return (Array(state.running.values), state.waiting.count, state.idle)
        }
        for task in running { task.cancel() }
        // Not after they have ended: tasks that spin may hold every thread on which these could end.
        for continuation in idle { continuation.resume() }
        if waiting + running.count > 0 {
            logger.warning("Webhooks were given up", metadata: ["count": "\(waiting + running.count)"])
        }
    }

    private func perform(_ call: WebhookCall) async {
        var request: WebhookRequest?
        do {
            let ready = try WebhookRequest(call)
            request = ready
            let status = try await WebhookExchange(request: ready, loop: loop).run()
            if status >= 300 { report(call, "the answer's status is \(status)", at: ready) }
        } catch {
            report(call, "\(error)", at: request)
        }
    }

    /// Logs the host of the address only: the rest may hold a secret.
    private func report(_ call: WebhookCall, _ problem: String, at request: WebhookRequest?) {
        var metadata: Logger.Metadata = ["task_id": "\(call.job)", "error": "\(problem)"]
        if let request { metadata["host"] = "\(request.host):\(request.port)" }
        logger.warning("A webhook was not delivered", metadata: metadata)
    }
}
