import Logging
import NIOCore
import NIOPosix
import SocketKit

/// Makes connections that are ready for commands: resolves the server, encrypts, logs in, and checks that it serves.
struct Connector: Sendable {
    let configuration: RESPConfiguration
    let loop: any EventLoop
    /// Runs tasks on ``loop``.
    let executor: LoopExecutor
    let connections: OpenConnections
    let patience = Patience()
    let logger: Logger

    /// Connects on the event loop rather than on the pool: the login has a time limit, and must not wait for threads
    /// that user code holds.
    func connect(
        for purpose: ConnectionMachine.Purpose, due: NIODeadline = .distantFuture
    ) async throws -> RESPConnection {
        try await withTaskExecutorPreference(executor) { try await connectOnLoop(for: purpose, due: due) }
    }

    private func connectOnLoop(
        for purpose: ConnectionMachine.Purpose, due: NIODeadline
    ) async throws -> RESPConnection {
        let due = min(due, .after(configuration.connectTimeout))
        let address = try await serverAddress(due: due)
        let connection = try await open(address, for: purpose, due: due)
        do {
            try await login(connection, due: due)
            patience.noteConnection()
            logger.debug("connected", metadata: ["server": "\(address)", "purpose": "\(purpose)"])
            return connection
        } catch {
            connection.close(.clientClosed)
            throw loginFailure(error, at: address)
        }
    }

    func open(
        _ address: ServerAddress, for purpose: ConnectionMachine.Purpose, due: NIODeadline
    ) async throws -> RESPConnection {
        let tls = try configuration.tls.map { tls in
            try ClientTLS(tls, host: address.host) { RESPError(.misconfigured, $0) }
        }
        let rest = due - .now()
        guard rest > .zero else { throw RESPError(.unreachable, "\(address): no time left to connect") }
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(rest).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                if let tls { try tls.addHandlers(to: channel.pipeline.syncOperations) }
                let handler = ConnectionHandler(purpose: purpose, configuration: configuration)
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }
        do {
            let connection = try await connection(over: bootstrap.connect(to: address))
            try connections.add(connection)
            return connection
        } catch let error as NIOConnectionError {
            throw RESPError(
                .unreachable, "\(address): \(ConnectFailure.text(error.connectionErrors.map { $0.error }))")
        } catch let error where !(error is RESPError || error is CancellationError) {
            throw RESPError(.unreachable, "\(address): \(ConnectFailure.text([error]))")
        }
    }

    /// Waits for the channel or for cancellation; if cancelled, closes a channel that opens later.
    private func connection(over channel: EventLoopFuture<any Channel>) async throws -> RESPConnection {
        let connected = channel.flatMapThrowing { channel in
            RESPConnection(channel, try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self))
        }
        let promise = loop.makePromise(of: RESPConnection.self)
        connected.cascade(to: promise)
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(CancellationError())
            connected.whenSuccess { $0.close(.clientClosed) }
        }
    }

    private func serverAddress(due: NIODeadline) async throws -> ServerAddress {
        switch configuration.address {
        case .host(let host, let port): .host(host, port)
        case .unixSocket(let path): .unixSocket(path)
        case .sentinel(let sentinels, let service): try await master(of: service, among: sentinels, due: due)
        }
    }
}

extension ClientBootstrap {
    fileprivate func connect(to address: ServerAddress) -> EventLoopFuture<any Channel> {
        switch address {
        case .host(let host, let port): connect(host: host, port: port)
        case .unixSocket(let path): connect(unixDomainSocketPath: path)
        }
    }
}

/// The address of one server.
enum ServerAddress: Sendable, CustomStringConvertible {
    case host(String, Int)
    case unixSocket(String)

    var host: String? { if case .host(let host, _) = self { host } else { nil } }

    var description: String {
        switch self {
        case .host(let host, let port): "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}
