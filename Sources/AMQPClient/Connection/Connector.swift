import Logging
import NIOCore
import NIOPosix
import SocketKit

/// Makes connections that are logged in: tries the hosts in turn, encrypts, and carries out the handshake.
struct Connector: Sendable {
    let configuration: AMQPConfiguration
    let loop: any EventLoop
    let executor: LoopExecutor
    let logger: Logger

    /// Connects on the event loop rather than on the pool: the login has a time limit, and must not wait for threads
    /// that user code holds.
    func connect() async throws -> (Link, Negotiated) {
        try await withTaskExecutorPreference(executor) { try await connectOnLoop() }
    }

    private func connectOnLoop() async throws -> (Link, Negotiated) {
        var failures: [AMQPError] = []
        for host in configuration.hosts {
            do {
                return try await connect(to: host)
            } catch let error as AMQPError {
                logger.debug("not connected", metadata: ["reason": "\(error)"])
                failures.append(error)
                // The other hosts would refuse the same login.
                if error.code == .unauthorized || error.code == .misconfigured { throw error }
            }
        }
        throw Self.summary(of: failures)
    }

    /// One error for all hosts: its code is that of all of them, or `unreachable`.
    private static func summary(of failures: [AMQPError]) -> AMQPError {
        guard let first = failures.first else { return AMQPError(.misconfigured, "no host is configured") }
        guard failures.count > 1 else { return first }
        let code = failures.allSatisfy { $0.code == first.code } ? first.code : .unreachable
        return AMQPError(code, failures.map(\.message).joined(separator: "; "), server: first.server)
    }

    private func connect(to host: AMQPConfiguration.Host) async throws -> (Link, Negotiated) {
        let port = host.port ?? (configuration.tls == nil ? 5672 : 5671)
        let place = "\(host.name):\(port)"
        do {
            let connected = try await connect(to: host.name, port, place: place)
            logger.debug("connected", metadata: ["server": "\(place)"])
            return connected
        } catch let error as CancellationError {
            throw error
        } catch let error as NIOConnectionError {
            throw AMQPError(.unreachable, ConnectFailure.text(error.connectionErrors.map { $0.error })).at(place)
        } catch {
            let known = error as? AMQPError ?? AMQPError(.unreachable, ConnectFailure.text([error]))
            throw known.at(place)
        }
    }

    private func connect(to name: String, _ port: Int, place: String) async throws -> (Link, Negotiated) {
        let tls = try configuration.tls.map { tls in
            try ClientTLS(tls, host: name) { AMQPError(.misconfigured, $0) }
        }
        let due = NIODeadline.after(configuration.connectTimeout)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(configuration.connectTimeout.amount)
            .channelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try tls.addHandlers(to: channel.pipeline.syncOperations) }
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(configuration))
                }
            }
        return try await open(bootstrap.connect(host: name, port: port), due: due, place: place)
    }

    /// Waits for the handshake or for cancellation; if cancelled, closes a channel that opens later.
    private func open(
        _ channel: EventLoopFuture<any Channel>, due: NIODeadline, place: String
    ) async throws -> (Link, Negotiated) {
        let opened = channel.flatMap { channel in shakeHands(over: channel, due: due, place: place) }
        let promise = loop.makePromise(of: (Link, Negotiated).self)
        opened.cascade(to: promise)
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(CancellationError())
            channel.whenSuccess { $0.close(promise: nil) }
        }
    }

    private func shakeHands(
        over channel: any Channel, due: NIODeadline, place: String
    ) -> EventLoopFuture<(Link, Negotiated)> {
        do {
            let handler = try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
            let link = Link(channel, handler, place: place)
            let timer = loop.assumeIsolated().scheduleTask(deadline: due) {
                handler.close(AMQPError(.unreachable, "no answer to the handshake in time"))
            }
            return handler.whenOpen(on: loop).always { _ in timer.cancel() }.map { (link, $0) }
        } catch {
            return loop.makeFailedFuture(error)
        }
    }
}
