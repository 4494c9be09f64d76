/// A caller that waits. The code that takes it out of the stock answers it, exactly once.
struct PendingCall: Sendable {
    typealias Answer = Result<[PostgresRows], PostgresError>

    enum Work: Sendable {
        /// Runs the calls in one transaction.
        case run([PostgresCall])
        /// Lends the connection to a transaction, until that is over.
        case hold(TransactionLine)
        /// Only needs an open connection.
        case greet
    }

    let work: Work
    let isUrgent: Bool
    let deadline: Duration
    let due: ContinuousClock.Instant
    private let caller: CheckedContinuation<Answer, Never>
    /// How often it was sent to a server that ended the session instead of running it.
    private(set) var attempts = 0

    init(_ work: Work, within deadline: Duration, isUrgent: Bool, answering caller: CheckedContinuation<Answer, Never>)
    {
        self.work = work
        self.isUrgent = isUrgent
        self.deadline = deadline
        due = Due.after(deadline)
        self.caller = caller
    }

    func answer(_ answer: Answer) { caller.resume(returning: answer) }

    func fail(_ error: PostgresError) { caller.resume(returning: .failure(error)) }

    private static let mostAttempts = 3

    /// The call to try again after this error; `nil` if the caller must learn of it.
    func again(after error: PostgresError) -> PendingCall? {
        guard error.kind == .connectionLost, !error.mayHaveBeenDone, attempts + 1 < Self.mostAttempts else {
            return nil
        }
        var call = self
        call.attempts += 1
        return call
    }
}
