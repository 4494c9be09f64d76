import CPostgres

/// An open connection of libpq. It belongs to the thread that opened it.
final class ServerLink {
    let handle: OpaquePointer
    let alarm: Alarm
    let host: String
    private let notices: Notices

    /// Takes over the connection.
    init(_ handle: OpaquePointer, _ notices: Notices, alarm: Alarm, host: String) {
        self.handle = handle
        self.notices = notices
        self.alarm = alarm
        self.host = host
    }

    deinit { PQfinish(handle) }

    /// Whether the server has not ended the connection meanwhile. For a connection that awaits no answer.
    var isHealthy: Bool {
        while Alarm.isReadable(PQsocket(handle)) {
            guard PQconsumeInput(handle) == 1 else { return false }
            // Parses what came: notices, changed settings, or the error that ends the session.
            _ = PQisBusy(handle)
        }
        return PQstatus(handle) == CONNECTION_OK && !notices.areFatal
    }

    /// Whether everything has been handed to the operating system. Tries to do so first.
    var isFlushed: Bool { PQflush(handle) != 1 }

    /// Waits for libpq's next result; `nil` marks the end of a statement's results.
    ///
    /// - Throws: `deadlineExceeded`, `closed`, or `connectionLost`.
    func nextResult(until due: ContinuousClock.Instant) throws(PostgresError) -> QueryResult? {
        while PQisBusy(handle) == 1 { try receive(until: due) }
        return PQgetResult(handle).map(QueryResult.init)
    }

    /// Waits until something comes, and reads it; sends meanwhile what is still to be sent.
    func receive(until due: ContinuousClock.Instant) throws(PostgresError) {
        let glance = PQsslInUse(handle) == 1 ? min(due, Due.after(Self.glance)) : due
        switch alarm.wait(for: PQsocket(handle), writing: !isFlushed, until: glance) {
        case .over: throw .clientClosed
        case .late where glance == due: throw PostgresError(.deadlineExceeded, "the server did not answer in time")
        case .rung: alarm.quieten()
        case .ready, .late: guard PQconsumeInput(handle) == 1 else { throw lost }
        }
    }

    /// How long to wait at most before libpq looks for input by itself. Of a TLS record of more than 8 KiB, which
    /// PostgreSQL does not send but others may, it leaves a part where `poll` does not see it.
    private static let glance = Duration.milliseconds(20)

    /// The error for a connection that libpq gave up.
    var lost: PostgresError { PostgresError(.connectionLost, ErrorText.lastLine(of: PQerrorMessage(handle))) }
}

/// Receives the notices of a connection and drops them. Remembers the error that ends an idle session, which libpq
/// reports as a notice.
final class Notices {
    fileprivate(set) var areFatal = false

    /// Starts with a connection, which must not outlive this object.
    func receive(from handle: OpaquePointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        PQsetNoticeReceiver(
            handle,
            { context, result in
                guard let context, let result, Diagnostic.severity.text(in: result) == "FATAL" else { return }
                Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().areFatal = true
            }, context)
    }
}
