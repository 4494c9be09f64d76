import CPostgres
import Foundation

/// A thread with a connection of its own. It takes calls from the stock, one at a time, and connects when there is one
/// and its connection is not open.
final class ConnectionThread: Sendable {
    private let stock: ConnectionStock
    private let connector: Connector
    private let alarm = Alarm()
    private let sleep = DispatchSemaphore(value: 0)

    init(_ stock: ConnectionStock, _ connector: Connector) {
        self.stock = stock
        self.connector = connector
    }

    func start() {
        let thread = Thread { [self] in run() }
        thread.name = "postgres.client"
        thread.start()
    }

    /// Wakes the thread. To be called when the stock has taken it off the list of sleeping threads.
    func wake() { sleep.signal() }

    /// Interrupts the thread, wherever it waits, and ends it.
    func end() {
        alarm.end()
        sleep.signal()
    }

    // MARK: The thread

    private func run() {
        var connection: Connection?
        var backoff = Backoff.brisk
        work: while true {
            switch stock.turn(for: self, isOpen: connection != nil) {
            case .end: break work
            case .take(let call):
                guard let open = connection else { preconditionFailure("a closed connection takes no call") }
                serve(call, open)
                if open.isBroken { drop(&connection) }
            case .sleep:
                guard rest(isOpen: connection != nil) else {
                    // The stock counts it as closed already.
                    connection = nil
                    break work
                }
                // Nothing was sent yet, so a connection that has ended meanwhile is replaced silently.
                if let open = connection, !open.isHealthy { drop(&connection) }
            case .connect: connection = connect(&backoff)
            }
        }
        drop(&connection)
        stock.noteEnd(of: self)
    }

    /// How long a connection may be idle while the client has another one.
    private static let patience = 5.0

    /// Sleeps until it is woken.
    ///
    /// - Returns: whether the thread goes on. One whose connection is not needed ends: another client, perhaps of the same
    ///   program, may be waiting for a server that has no connection left.
    private func rest(isOpen: Bool) -> Bool {
        guard isOpen else {
            sleep.wait()
            return true
        }
        while sleep.wait(timeout: .now() + Self.patience) == .timedOut {
            if stock.retire(self) { return false }
        }
        return true
    }

    private func drop(_ connection: inout Connection?) {
        guard connection != nil else { return }
        connection = nil
        stock.noteClosed()
    }

    /// Makes one attempt, and pauses after a failure.
    private func connect(_ backoff: inout Backoff) -> Connection? {
        stock.passOn()
        do {
            let connection = try connector.connect(alarm)
            backoff.reset()
            stock.noteOpened(connection.info)
            return connection
        } catch {
            stock.noteFailure(error)
            _ = alarm.wait(for: -1, until: Due.after(backoff.next()))
            return nil
        }
    }

    private func serve(_ call: PendingCall, _ connection: Connection) {
        // A limit for statements must not cut off a call that may take longer than others.
        let isLong = call.deadline > connector.configuration.deadline
        let timeout = isLong ? call.deadline : nil
        switch call.work {
        case .greet: call.answer(.success([]))
        case .run(let calls): run(calls, of: call, connection, timeout)
        case .hold(let line):
            var transaction = HeldTransaction(
                connection, within: call.deadline, until: call.due, statementTimeout: timeout)
            let isOpen = stock.noteHeld(line)
            if !isOpen { line.end(.clientClosed) }
            call.answer(isOpen ? .success([]) : .failure(.clientClosed))
            transaction.serve(line)
            stock.noteReleased(line)
            connection.breakIfInTransaction()
        }
    }

    private func run(
        _ calls: [PostgresCall], of call: PendingCall, _ connection: Connection, _ timeout: Duration?
    ) {
        do {
            let opening = connection.opening(begins: false, statementTimeout: timeout)
            let rows = try connection.run(opening: opening, calls, until: call.due)
            connection.breakIfInTransaction()
            call.answer(.success(rows))
        } catch {
            connection.breakIfInTransaction()
            if let again = call.again(after: error) { stock.putBack(again) } else { call.fail(error) }
        }
    }
}
