import NIOCore
import Synchronization

/// One call of a caller: the request, the deadline, and the caller that waits.
///
/// A call is waiting, then written, then finished. An answer, its deadline, cancellation or the end of the channel or
/// connection may finish it at any time; the first of them counts. A call that finished before it was written is never
/// written. A call that finished after it was written keeps its place among the awaited answers. A call of many messages
/// may be written in several parts.
final class Call: Sendable {
    enum Request: Sendable {
        /// The new channel's end goes there.
        case openChannel(Ending)
        case closeChannel
        /// A method with an answer.
        case ask(Method)
        /// `basic.qos`, unless `prefetch` is `nil`, and `basic.consume`; the deliveries go into the mailbox.
        case consume(BasicMethod.Consumption, prefetch: UInt16?, Mailbox)
        case publish(AMQPMessage)
        case publishAll([AMQPMessage])
    }

    enum Answer: Sendable {
        case channel(ChannelKey)
        case method(Method)
        case delivery(AMQPDelivery)
        case outcome(AMQPOutcome)
        /// One for each message.
        case outcomes([AMQPOutcome])
    }

    private struct State {
        var continuation: UnsafeContinuation<Answer, any Error>?
        var result: Result<Answer, any Error>?
        var isWritten = false
        /// The messages that are written, or failed instead.
        var passed = 0
        /// The outcomes so far of several messages.
        var outcomes: [AMQPOutcome?] = []
        var missing = 0
    }

    let request: Request
    /// `nil` for a call that opens a channel.
    let channel: ChannelKey?
    let due: NIODeadline
    private let state: Mutex<State>

    init(_ request: Request, on channel: ChannelKey? = nil, due: NIODeadline) {
        self.request = request
        self.channel = channel
        self.due = due
        var state = State()
        if case .publishAll(let messages) = request {
            state.outcomes = Array(repeating: nil, count: messages.count)
            state.missing = messages.count
        }
        self.state = Mutex(state)
    }

    var isFinished: Bool { state.withLock { $0.result != nil } }

    /// Hands the call to `submit` and waits for its end.
    func answer(_ submit: (Call) -> Void) async throws -> Answer {
        try await withTaskCancellationHandler {
            // An unsafe continuation suffices: `finish` takes it out under the lock, so it resumes exactly once.
            try await withUnsafeThrowingContinuation { continuation in
                if arm(continuation) { submit(self) }
            }
        } onCancel: {
            finish(.failure(CancellationError()))
        }
    }

    /// Finishes the call; only the first result counts.
    ///
    /// - Returns: whether this was the first one.
    @discardableResult func finish(_ result: Result<Answer, any Error>) -> Bool {
        let (isFirst, continuation) = state.withLock { state -> (Bool, UnsafeContinuation<Answer, any Error>?) in
            guard state.result == nil else { return (false, nil) }
            state.result = result
            return (true, state.continuation.take())
        }
        continuation?.resume(with: result)
        return isFirst
    }

    /// Marks the call as written.
    ///
    /// - Returns: the first message that is not written yet; `nil` if the call has finished and must not be written.
    func claimForWriting() -> Int? {
        state.withLock { state in
            guard state.result == nil else { return nil }
            state.isWritten = true
            return state.passed
        }
    }

    /// Notes that the messages before this one are written, or failed instead.
    func pass(upTo index: Int) {
        state.withLock { state in
            state.passed = index
            state.isWritten = index > 0
        }
    }

    /// Finishes the call because its deadline has passed.
    func expire() {
        let isWritten = state.withLock { $0.isWritten }
        fail(isWritten ? .noAnswer(to: request) : .notSent(request))
    }

    private func arm(_ continuation: UnsafeContinuation<Answer, any Error>) -> Bool {
        let result = state.withLock { state in
            if state.result == nil { state.continuation = continuation }
            return state.result
        }
        if let result { continuation.resume(with: result) }
        return result == nil
    }
}

// MARK: Publishing

extension Call {
    /// Calls `body` with the message of this index.
    func withMessage<Value>(_ index: Int, _ body: (borrowing AMQPMessage) -> Value?) -> Value? {
        switch request {
        case .publish(let message): body(message)
        case .publishAll(let messages): body(messages[index])
        case .openChannel, .closeChannel, .ask, .consume: nil
        }
    }

    /// Notes the outcome of one message, and finishes the call with the last one.
    func settle(_ index: Int, _ outcome: AMQPOutcome) {
        guard case .publishAll = request else {
            finish(.success(.outcome(outcome)))
            return
        }
        let outcomes = state.withLock { state -> [AMQPOutcome?]? in
            guard state.result == nil, state.outcomes[index] == nil else { return nil }
            state.outcomes[index] = outcome
            state.missing -= 1
            return state.missing == 0 ? state.outcomes : nil
        }
        if let outcomes { finish(.success(.outcomes(outcomes.compactMap { $0 }))) }
    }

    /// Fails the call. Messages that have an outcome keep it.
    func fail(_ error: AMQPError) {
        switch request {
        case .publish: finish(.success(.outcome(.failure(error))))
        case .publishAll:
            let outcomes = state.withLock { $0.outcomes }
            finish(.success(.outcomes(outcomes.map { $0 ?? .failure(error) })))
        case .openChannel, .closeChannel, .ask, .consume: finish(.failure(error))
        }
    }
}

extension Call.Request: CustomStringConvertible {
    /// The name of the method, without its arguments.
    var description: String {
        switch self {
        case .openChannel: "channel.open"
        case .closeChannel: "channel.close"
        case .ask(let method): "\(method.id)"
        case .consume: "basic.consume"
        case .publish, .publishAll: "basic.publish"
        }
    }
}

extension AMQPError {
    static func noAnswer(to request: Call.Request) -> AMQPError {
        AMQPError(.deadlineExceeded, "no answer to \(request) in time; it may have been carried out")
    }

    static func notSent(_ request: Call.Request) -> AMQPError {
        AMQPError(.unreachable, "\(request) could not be sent in time: the server does not read, or confirms nothing")
    }
}
