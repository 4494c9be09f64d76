import PostgresClient
import Synchronization

/// Tasks that insert numbers into a table `t` all the time, and what became of each number.
final class Load: Sendable {
    struct Fates: Sendable {
        /// Their insertion was confirmed.
        var done: Set<Int64> = []
        /// The client said that they were not inserted.
        var notDone: Set<Int64> = []
        /// Errors that a lost server does not explain.
        var unexpected: [PostgresError] = []
    }

    private let state = Mutex(Fates())
    private let isEnough = Atomic(false)
    private let count = Atomic(Int64(0))

    var fates: Fates { state.withLock { $0 } }

    func stop() { isEnough.store(true, ordering: .relaxed) }

    /// Inserts until it is stopped.
    func insert(into client: PostgresClient) async {
        while !isEnough.load(ordering: .relaxed) {
            let number = count.add(1, ordering: .relaxed).newValue
            let error = await failure { try await client.rows("insert into t values ($1::int8)", [.int(number)]) }
            note(number, error)
        }
    }

    private func note(_ number: Int64, _ error: PostgresError?) {
        state.withLock { fates in
            guard let error else {
                fates.done.insert(number)
                return
            }
            if !error.mayHaveBeenDone { fates.notDone.insert(number) }
            let isExplained = [.connectionLost, .unreachable, .deadlineExceeded].contains(error.kind)
            if !isExplained { fates.unexpected.append(error) }
        }
    }
}
