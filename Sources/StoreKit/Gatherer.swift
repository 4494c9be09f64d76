public import CeleriacCore
public import Synchronization

/// Combines simultaneous requests into one call to the server: while a call is running, new requests queue up, and go
/// out together. A lone request goes at once, in the task of its caller.
///
/// Where several calls may run at the same time, another one starts once as many requests wait as are under way, and
/// each takes its share of them: the server then works on one while the callers of the other prepare their next requests.
///
/// Each caller has one deadline, which includes its wait in the queue. A call to the server ends at the deadline of its
/// oldest request; requests with much more time left stay for the next call.
///
/// A cancelled caller still gets its answer: the result of its request, or the error.
///
/// Public and inlinable, so that each store has a copy that the compiler has specialised: otherwise it costs more than
/// the round trip's own work. Only stores of this package see the module.
public final class Gatherer<Request: Sendable, Answer: Sendable>: Sendable {
    public typealias Perform = @Sendable ([Request], _ deadline: Duration) async throws -> [Answer]

    @usableFromInline struct Job {
        @usableFromInline let request: Request
        /// By the clock's `uptime`.
        @usableFromInline let due: Duration
        @usableFromInline let caller: UnsafeContinuation<Answer, any Error>

        @inlinable init(request: Request, due: Duration, caller: UnsafeContinuation<Answer, any Error>) {
            self.request = request
            self.due = due
            self.caller = caller
        }
    }

    @usableFromInline struct State {
        @usableFromInline var waiting: [Job] = []
        /// The number of calls that run or are about to start.
        @usableFromInline var calls = 0
        /// The number of requests in those that run.
        @usableFromInline var underWay = 0

        @inlinable init() {}

        /// Counts a further call, if it is time for one.
        @inlinable mutating func addCall(ofAtMost most: Int) -> Bool {
            calls += 1
            if calls <= most { return goesOn() }
            calls -= 1
            return false
        }

        /// Whether a call that is counted is to take what waits. If not, it no longer counts.
        @inlinable mutating func goesOn() -> Bool {
            // With another one under way, small lots would only be in each other's way.
            let isDue = !waiting.isEmpty && (calls == 1 || waiting.count >= underWay)
            if !isDue { calls -= 1 }
            return isDue
        }
    }

    /// A plain `Mutex`, because inlinable code cannot name `Guarded`.
    @usableFromInline let state = Mutex(State())
    @usableFromInline let most: Int
    @usableFromInline let mostCalls: Int
    @usableFromInline let deadline: Duration
    @usableFromInline let size: @Sendable (Request) -> Int
    @usableFromInline let executor: any TaskExecutor
    @usableFromInline let clock: any TimeSource
    /// How much earlier than its own deadline a request may end because of another request in the same call.
    @usableFromInline let leeway: Duration

    /// - Parameters:
    ///   - most: the size of a call; no further request joins a call that has reached it.
    ///   - mostCalls: how many calls may run at the same time.
    ///   - size: returns the size of a request.
    ///   - deadline: the longest time that a caller waits.
    ///   - executor: the executor that runs the calls.
    @inlinable public init(
        most: Int, mostCalls: Int = 1, deadline: Duration, on executor: any TaskExecutor,
        clock: any TimeSource = SystemTime(), size: @escaping @Sendable (Request) -> Int
    ) {
        self.clock = clock
        leeway = deadline / 10
        self.executor = executor
        self.most = most
        self.mostCalls = mostCalls
        self.deadline = deadline
        self.size = size
    }

    /// - Parameters:
    ///   - rest: the part of the caller's deadline that is left; `nil` means all of it.
    ///   - perform: runs several requests at once; the same for every caller. It must not end early because the current
    ///     task was cancelled.
    @inlinable public func submit(
        _ request: Request, within rest: Duration? = nil, _ perform: @escaping Perform
    ) async throws -> Answer {
        let due = clock.uptime + (rest ?? deadline)
        if isAlone() { return try await carryOut(request, due, perform) }
        // Unsafe only because nothing checks the count: each job is taken out of the queue once, and `drain` resumes
        // all that it takes.
        return try await withUnsafeThrowingContinuation { caller in
            let mustStart = state.withLock { state in
                state.waiting.append(Job(request: request, due: due, caller: caller))
                return state.addCall(ofAtMost: mostCalls)
            }
            // Not the caller's own task: cancelling it must not cancel the others.
            if mustStart { Task(executorPreference: executor) { await self.drain(perform) } }
        }
    }

    /// Whether no call is running. The caller then runs one.
    @inlinable func isAlone() -> Bool {
        state.withLock { state in
            guard state.calls == 0 else { return false }
            state.calls = 1
            state.underWay = 1
            return true
        }
    }

    @inlinable func carryOut(_ request: Request, _ due: Duration, _ perform: @escaping Perform) async throws -> Answer {
        defer { goOn(perform) }
        let rest = due - clock.uptime
        guard rest > .zero else { throw Self.tooLate(deadline) }
        return try await perform([request], rest)[0]
    }

    /// Runs the requests that have come meanwhile.
    @inlinable func goOn(_ perform: @escaping Perform) {
        let isNeeded = state.withLock { state in
            state.underWay -= 1
            return state.goesOn()
        }
        // Not the caller's own task: it has its answer already.
        if isNeeded { Task(executorPreference: executor) { await self.drain(perform) } }
    }

    /// The number of requests that wait for the next call.
    public var count: Int { state.withLock { $0.waiting.count } }

    @inlinable func drain(_ perform: @escaping Perform) async {
        var ended = 0
        while var batch = next(after: ended, perform) {
            ended = batch.count
            let now = clock.uptime
            if let earliest = batch.lazy.map(\.due).min(), earliest <= now { refuseLate(in: &batch, now) }
            guard let due = batch.lazy.map(\.due).min() else { continue }
            do {
                let answers = try await perform(batch.map(\.request), due - now)
                for (job, answer) in zip(batch, answers) { job.caller.resume(returning: answer) }
            } catch {
                for job in batch { job.caller.resume(throwing: error) }
            }
        }
    }

    /// Takes the requests of the next call, and starts another call if enough is left for it.
    ///
    /// - Parameter ended: the number of requests that the last call of this loop had.
    @inlinable func next(after ended: Int, _ perform: @escaping Perform) -> [Job]? {
        let (batch, isAnotherDue) = state.withLock { state -> ([Job]?, Bool) in
            state.underWay -= ended
            guard state.goesOn() else { return (nil, false) }
            let batch = take(from: &state)
            state.underWay += batch.count
            return (batch, state.addCall(ofAtMost: mostCalls))
        }
        if isAnotherDue { Task(executorPreference: executor) { await self.drain(perform) } }
        return batch
    }

    @inlinable func take(from state: inout State) -> [Job] {
        let last = state.waiting[0].due + leeway
        let share = (state.waiting.count + state.underWay + mostCalls - 1) / mostCalls
        var total = 0
        let count = state.waiting.prefix(share).prefix { job in
            defer { total += size(job.request) }
            return total < most && job.due <= last
        }.count
        // Usually it takes all of them, which then need not be copied.
        var batch: [Job] = []
        swap(&batch, &state.waiting)
        if count < batch.count {
            state.waiting = Array(batch[count...])
            batch.removeSubrange(count...)
        }
        return batch
    }

    @inlinable func refuseLate(in batch: inout [Job], _ now: Duration) {
        for job in batch where job.due <= now { job.caller.resume(throwing: Self.tooLate(deadline)) }
        batch.removeAll { $0.due <= now }
    }

    @usableFromInline static func tooLate(_ deadline: Duration) -> BrokerError {
        BrokerError(.deadlineExceeded, "the server did not answer earlier requests for \(deadline); nothing was sent")
    }
}
