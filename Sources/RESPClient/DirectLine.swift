import NIOCore
import Synchronization

/// Lets one caller at a time speak over a connection's socket itself, while the event loop has nothing to write and
/// awaits nothing.
///
/// A lone call then costs no change of thread: its caller sends it, waits for the answer and reads it, as a blocking
/// client does, but only for a fraction of a millisecond. The event loop takes over a call that is not answered by then,
/// with all that was sent and received.
///
/// The event loop leaves the socket alone only after a lone call has shown that it would pay.
final class DirectLine: Sendable {
    /// What is left of a call that its caller could not finish.
    struct Rest: Sendable {
        let call: Call
        let unsent: ByteBuffer
        let received: ByteBuffer
    }

    enum Outcome {
        case answered(Call.Answer)
        case unfinished(Rest)
    }

    private enum User { case loop, nobody, caller }

    private struct State {
        var user = User.loop
        /// Whether a caller would have spoken itself, had the event loop left the socket alone.
        var isWanted = false
        /// Whether the event loop waits for the caller to end.
        var isAwaited = false
        var isClosed = false
        /// How many calls in succession were not answered in time.
        var misses = 0
        /// No caller tries before this.
        var nextTry = NIODeadline.uptimeNanoseconds(0)
    }

    /// Larger calls keep their thread too long.
    static let largestCall = 32 << 10
    /// The longest time without a try after calls that were not answered in time.
    private static let longestPause = TimeAmount.seconds(1)

    private let socket: SharedSocket
    private let wait: TimeAmount
    private let configuration: RESPConfiguration
    private let state = Mutex(State())
    private let machine: Mutex<ConnectionMachine>

    /// - Parameter socket: the line releases it.
    init(_ socket: SharedSocket, _ configuration: RESPConfiguration) {
        self.socket = socket
        self.configuration = configuration
        wait = min(configuration.directWait, .milliseconds(10)).amount
        machine = Mutex(ConnectionMachine(purpose: .commands, configuration: configuration, now: .now()))
    }

    deinit { if !state.withLock({ $0.isClosed }) { socket.release() } }

    // MARK: The caller's side

    /// Takes the socket for one call. After `true`, ``carryOut(_:)`` and, unless it hands the call over, ``end()`` must
    /// follow.
    func begin() -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.misses == 0 || state.nextTry <= .now() else { return false }
            if state.user == .loop { state.isWanted = true }
            guard state.user == .nobody else { return false }
            state.user = .caller
            return true
        }
    }

    /// Sends the call and waits a moment for its answer. Blocks the thread for at most
    /// ``RESPConfiguration/directWait``.
    func carryOut(_ call: Call) -> Outcome {
        let outcome = machine.withLock { machine in
            let outcome = exchange(call, &machine)
            if case .unfinished = outcome {
                machine = ConnectionMachine(purpose: .commands, configuration: configuration, now: .now())
            }
            return outcome
        }
        state.withLock { state in
            guard case .unfinished = outcome else { return state.misses = 0 }
            state.misses = min(state.misses + 1, 20)
            state.nextTry = .now() + min(.milliseconds(1 << state.misses), Self.longestPause)
        }
        return outcome
    }

    /// Leaves the socket.
    ///
    /// - Returns: whether the event loop waits for it.
    func end() -> Bool {
        state.withLock { state in
            state.user = .nobody
            if state.isClosed { socket.release() }
            defer { state.isAwaited = false }
            return state.isAwaited
        }
    }

    private func exchange(_ call: Call, _ machine: inout ConnectionMachine) -> Outcome {
        var unsent = ByteBuffer()
        var received = ByteBuffer()
        call.write(to: &unsent)
        machine.wrote(call)
        let until = min(call.due, .now() + wait)
        guard socket.write(&unsent) else {
            return .unfinished(Rest(call: call, unsent: unsent, received: received))
        }
        while let bytes = socket.read(until: until) {
            received.writeImmutableBuffer(bytes)
            machine.received(bytes, at: .now())
            if let answer = Self.answer(&machine) { return .answered(answer) }
        }
        return .unfinished(Rest(call: call, unsent: unsent, received: received))
    }

    /// The answer to the only call, unless something follows it. What is not RESP is left to the event loop, which finds
    /// the same.
    private static func answer(_ machine: inout ConnectionMachine) -> Call.Answer? {
        while let event = try? machine.next() {
            if case .answered(_, let answer) = event { return machine.isAtRest ? answer : nil }
        }
        return nil
    }

    // MARK: The event loop's side

    var isWithCaller: Bool { state.withLock { $0.user == .caller } }

    /// Takes the socket for the event loop.
    ///
    /// - Returns: `false` while a caller has it; ``end()`` of that caller then returns `true`.
    func take(forCalls: Bool) -> Bool {
        state.withLock { state in
            if state.user == .caller {
                state.isAwaited = true
                return false
            }
            // A lone call that found the loop at work has just asked for it.
            if forCalls, state.user == .nobody { state.isWanted = false }
            state.user = .loop
            return true
        }
    }

    /// Takes the socket from a caller that hands its call over.
    func takeOver() {
        state.withLock { state in
            state.user = .loop
            state.isAwaited = false
            if state.isClosed { socket.release() }
        }
    }

    /// Leaves the socket to callers, if they want it.
    func leave() -> Bool {
        state.withLock { state in
            guard state.user == .loop, state.isWanted, !state.isClosed else { return false }
            state.user = .nobody
            return true
        }
    }

    /// Ends the use of the socket; a caller that has it is woken.
    func close() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            if state.user == .caller { socket.shutDown() } else { socket.release() }
        }
    }
}
