import NIOCore
import Synchronization

/// One call of a caller: what it sends, how many answers it awaits and until when, and who waits for them.
///
/// Waiting, then written, then finished, or finished at any time before: by an answer, its deadline, cancellation or the
/// loss of the connection, whichever is first. One that finished before it was written is never written. One that finished
/// after keeps its place among the awaited answers, so that a late answer is nobody else's.
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
        /// What the server refused it with, before it was given to another connection.
        var refusal: RESPServerError?
    }

    let payload: Payload
    let due: NIODeadline
    private let state = Mutex(State())

    init(_ payload: Payload, due: NIODeadline) {
        self.payload = payload
        self.due = due
    }

    /// How many answers it gets.
    var expected: Int {
        switch payload {
        case .one: 1
        case .several(let commands): commands.count
        case .transaction(let commands): commands.count + 2
        }
    }

    var isFinished: Bool { state.withLock { $0.outcome != nil } }

    /// Hands the call to `submit` and waits for its end.
    func answer(_ submit: (Call) -> Void) async throws -> Answer {
        try await withTaskCancellationHandler {
            // Unsafe only in that nobody counts: `finish` takes the continuation out under the lock, so it resumes once.
            try await withUnsafeThrowingContinuation { continuation in
                if arm(continuation) { submit(self) }
            }
        } onCancel: {
            finish(.failure(CancellationError()))
        }
    }

    /// Ends the wait; only the first end counts.
    func finish(_ outcome: Result<Answer, any Error>) {
        let continuation = state.withLock { state -> UnsafeContinuation<Answer, any Error>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            return state.continuation.take()
        }
        continuation?.resume(with: outcome)
    }

    /// Marks it as written; false if it must not be written any more.
    func claimForWriting() -> Bool {
        state.withLock { state in
            guard state.outcome == nil else { return false }
            state.isWritten = true
            return true
        }
    }

    /// Takes the mark back, because the server refused to carry it out and another one may.
    func wasRefused(_ refusal: RESPServerError) {
        state.withLock { state in
            state.isWritten = false
            state.refusal = refusal
        }
    }

    /// Ends it because its time is up.
    func expire(_ reason: @autoclosure () -> String) {
        let (isWritten, refusal) = state.withLock { ($0.isWritten, $0.refusal) }
        if isWritten {
            finish(.failure(RESPError(.deadlineExceeded, "no answer in time")))
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
