import CPostgres
import Logging

/// Opens connections: tries the hosts in order, within the connect timeout.
struct Connector: Sendable {
    let configuration: PostgresConfiguration
    let logger: Logger
    private let settings: Result<SessionSettings, PostgresError>

    init(_ configuration: PostgresConfiguration, _ logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        settings = Result { () throws(PostgresError) in try SessionSettings(configuration.settings) }
    }

    /// Opens a connection and greets the server.
    func connect(_ alarm: Alarm) throws(PostgresError) -> Connection {
        let settings = try settings.get()
        let due = Due.after(configuration.connectTimeout)
        let link = try open(alarm, until: due)
        do {
            let connection = try Connection(link, settings, until: due)
            logger.debug("connected", metadata: ["host": "\(link.host)", "pooled": "\(connection.info.isPooled)"])
            return connection
        } catch {
            guard error.kind == .connectionLost || error.kind == .deadlineExceeded else { throw error }
            throw PostgresError(.unreachable, "\(link.host): \(error.message)", sqlState: error.sqlState)
        }
    }

    /// Opens a connection to the first host that takes one.
    ///
    /// - Throws: the error of the last host, or the first one that is about more than reaching it.
    func open(
        _ alarm: Alarm, until due: ContinuousClock.Instant
    ) throws(PostgresError) -> ServerLink {
        let hosts: [PostgresConfiguration.Host?] = configuration.hosts.isEmpty ? [nil] : configuration.hosts
        var telling: PostgresError?
        for (index, host) in hosts.enumerated() {
            let rest = ContinuousClock.now.duration(to: due)
            do {
                return try open(host, within: rest / (hosts.count - index), alarm)
            } catch {
                guard error.kind != .closed, error.kind != .misuse else { throw error }
                logger.debug("host did not take the connection", metadata: ["error": "\(error)"])
                if telling == nil || telling?.kind == .unreachable { telling = error }
            }
        }
        throw telling ?? PostgresError(.unreachable, "no host")
    }

    private func open(
        _ host: PostgresConfiguration.Host?, within share: Duration, _ alarm: Alarm
    ) throws(PostgresError) -> ServerLink {
        let parameters = try ConnectParameters(configuration, host)
        guard let handle = parameters.with({ PQconnectStartParams($0, $1, 0) }) else {
            throw PostgresError(.unreachable, "out of memory")
        }
        let notices = Notices()
        let link = ServerLink(handle, notices, alarm: alarm, host: host?.description ?? "default host")
        notices.receive(from: handle)
        // Otherwise the errors contain no SQLSTATE.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        try logIn(link, until: Due.after(share), share)
        PQsetnonblocking(handle, 1)
        return link
    }

    /// Does what libpq asks for until the login is over.
    private func logIn(
        _ link: ServerLink, until due: ContinuousClock.Instant, _ share: Duration
    ) throws(PostgresError) {
        var step = PQstatus(link.handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            guard step != PGRES_POLLING_FAILED else {
                throw PostgresError.connecting(ErrorText.line(of: PQerrorMessage(link.handle)))
            }
            let isReading = step == PGRES_POLLING_READING
            let socket = PQsocket(link.handle)
            switch link.alarm.wait(for: socket, reading: isReading, writing: !isReading, until: due) {
            case .ready: step = PQconnectPoll(link.handle)
            case .rung: link.alarm.quieten()
            case .over: throw .clientClosed
            case .late: throw PostgresError(.unreachable, "\(link.host) did not answer within \(share)")
            }
        }
    }
}
