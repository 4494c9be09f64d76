import AMQPClient
import CeleriacCore
import Logging
import Synchronization

/// The queue in which this process receives the states of its calls. It has a connection of its own.
///
/// Like Celery's it is named by a UUID, durable and not exclusive. Celery's also deletes itself when its consumer is
/// gone, so that a lost connection loses the results that are under way. This one stays for
/// ``RPCOptions/queueExpiry``, and its consumer acknowledges: after a lost connection the results that wait are read.
///
/// Source: `celery/backends/rpc.py`, celery 5.7.
final class ReplyQueue: Sendable {
    /// The consumed queue, until its channel ends.
    private struct Open: Sendable {
        let channel: AMQPChannel
        let consumer: AMQPConsumer
    }

    private struct State {
        var receiving: Task<Void, Never>?
        var isClosed = false
    }

    let name = TaskID.random().rawValue
    let line: Line
    private let open: Renewed<Open>
    private let inbox: ReplyInbox
    private let time: any TimeSource
    private let logger: Logger
    private let state = Guarded(State())

    /// Limits the results that wait in this process.
    private static let prefetch = 100

    init(
        _ configuration: AMQPConfiguration, _ options: RPCOptions, into inbox: ReplyInbox, _ time: any TimeSource,
        _ logger: Logger
    ) {
        var configuration = configuration
        // The document has more members than the result.
        configuration.largestBody = min(configuration.largestBody, 2 * options.largestResult + 1 << 20)
        let line = Line(configuration, logger)
        let (name, arguments) = (name, Self.arguments(options))
        self.line = line
        self.inbox = inbox
        self.time = time
        self.logger = logger
        open = Renewed(isOpen: { $0.channel.closure == nil }) {
            let channel = try await line.openChannel()
            try await channel.declareQueue(name, arguments: arguments)
            return Open(channel: channel, consumer: try await channel.consume(name, prefetch: Self.prefetch))
        }
    }

    deinit { state.withLock { $0.receiving }?.cancel() }

    static func arguments(_ options: RPCOptions) -> AMQPTable {
        // Transient results need no other type, whatever the default of the virtual host.
        ["x-expires": .integer(options.queueExpiryMilliseconds), "x-queue-type": "classic"]
    }

    /// Makes the queue and starts to receive; does nothing once that was done.
    ///
    /// - Throws: `AMQPError`; ``BrokerError`` with code `closed`.
    func start() async throws {
        if state.withLock({ $0.receiving != nil && !$0.isClosed }) { return }
        _ = try await open.value()
        state.withLock { state in
            guard state.receiving == nil, !state.isClosed else { return }
            // Not a child of the first caller's task: it serves all callers, and ends with the queue.
            state.receiving = Task { [open, inbox, time, logger] in
                await Self.receive(from: open, into: inbox, time, logger)
            }
        }
    }

    /// Deletes the queue, with the results in it.
    func close() async {
        let receiving = state.withLock { state in
            state.isClosed = true
            return state.receiving
        }
        receiving?.cancel()
        if let open = await open.close() { _ = try? await open.channel.deleteQueue(name) }
        await line.close()
    }

    // MARK: Receiving

    /// Receives until it is cancelled, on a new connection whenever one is lost.
    private static func receive(
        from open: Renewed<Open>, into inbox: ReplyInbox, _ time: any TimeSource, _ logger: Logger
    ) async {
        var pauses = Pauses()
        while !Task.isCancelled {
            do {
                let queue = try await open.value()
                pauses = Pauses()
                try await receive(from: queue, into: inbox)
            } catch is CancellationError {
                return
            } catch let error as BrokerError where error.code == .closed {
                return
            } catch {
                logger.debug("The reply queue is cut off, trying again", metadata: ["error": "\(error)"])
                guard (try? await time.sleep(for: pauses.next())) != nil else { return }
            }
        }
    }

    /// Receives until the channel ends or the queue is deleted, which throws.
    private static func receive(from queue: Open, into inbox: ReplyInbox) async throws {
        do {
            while true {
                let deliveries = try await queue.consumer.nextBatch()
                guard let last = deliveries.last else { throw Self.cancelled }
                inbox.take(deliveries)
                try queue.channel.ack(last, isMultiple: true)
            }
        } catch {
            // A deleted queue leaves its channel open, so that it would not be opened again.
            try? await queue.channel.close()
            throw error
        }
    }

    private static let cancelled = AMQPError(.consumerCancelled, "the reply queue has no consumer any longer")
}
