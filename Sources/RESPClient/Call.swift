import NIOCore
import Synchronization

/// One call of a caller: the commands, the number of answers, the deadline, and the caller that waits.
///
/// A call is waiting, then written, then finished. An answer, its deadline, cancellation or the loss of the connection
/// may finish it at any time; the first of them counts. A call that finished before it was written is never written. A
/// call that finished after it was written keeps its place among the awaited answers, so that its late answer is not
/// taken for the answer of another call.
final class Call: Sendable {
    enum Payload: Sendable {
        case one(RESPCommand)
        case several([RESPCommand])
        /// MULTI, the commands, EXEC.
        case transaction([RESPCommand])
    }

    enum Answer: Sendable {
        case one(RESPValue)
        case several([RESPValue])
    }

    private struct State {
        var continuation: UnsafeContinuation<Answer, any Error>?
        var outcome: Result<Answer, any Error>?
        var isWritten = false
        /// The error by which the server refused it, before it went to another connection.
        var refusal: RESPServerError?
    }

    let payload: Payload
    let due: NIODeadline
    private let state = Mutex(State())

    init(_ payload: Payload, due: NIODeadline) {
        self.payload = payload
        self.due = due
    }

    /// The number of answers that the server sends to it.
    var expected: Int {
        switch payload {
        case .one: 1
        case .several(let commands): commands.count
        case .transaction(let commands): commands.count + 2
        }
    }

    var isFinished: Bool { state.withLock { $0.outcome != nil } }

    /// Hands the call to `submit` and waits for its end.
    ///
    /// - Parameter isShielded: whether the call goes on if the current task is cancelled.
    func answer(isShielded: Bool = false, _ submit: (Call) -> Void) async throws -> Answer {
        if isShielded { return try await outcome(submit) }
        return try await withTaskCancellationHandler {
            try await outcome(submit)
        } onCancel: {
            finish(.failure(CancellationError()))
        }
    }

    private func outcome(_ submit: (Call) -> Void) async throws -> Answer {
        // An unsafe continuation suffices: `finish` takes it out under the lock, so it resumes exactly once.
        try await withUnsafeThrowingContinuation { continuation in
            if arm(continuation) { submit(self) }
        }
    }

    /// Finishes the call; only the first outcome counts.
    func finish(_ outcome: Result<Answer, any Error>) {
        let continuation = state.withLock { state -> UnsafeContinuation<Answer, any Error>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            return state.continuation.take()
        }
        continuation?.resume(with: outcome)
    }

    /// Marks the call as written; returns false if it has finished and must not be written.
    func claimForWriting() -> Bool {
        state.withLock { state in
            guard state.outcome == nil else { return false }
            state.isWritten = true
            return true
        }
    }

    /// Removes the mark: the server refused to carry the call out, and another server may accept it.
    func wasRefused(_ refusal: RESPServerError) {
        state.withLock { state in
            state.isWritten = false
            state.refusal = refusal
        }
    }

    /// Finishes the call because its deadline has passed.
    func expire(_ reason: @autoclosure () -> String) {
        let (isWritten, refusal) = state.withLock { ($0.isWritten, $0.refusal) }
        if isWritten {
            finish(.failure(RESPError(.deadlineExceeded, "no answer before the deadline")))
        } else if let refusal {
            finish(.failure(RESPError.from(refusal)))
        } else {
            finish(.failure(RESPError(.unreachable, reason())))
        }
    }

    private func arm(_ continuation: UnsafeContinuation<Answer, any Error>) -> Bool {
        let outcome = state.withLock { state in
            if state.outcome == nil { state.continuation = continuation }
            return state.outcome
        }
        if let outcome { continuation.resume(with: outcome) }
        return outcome == nil
    }
}
