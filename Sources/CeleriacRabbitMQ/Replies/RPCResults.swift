import AMQPClient
public import CeleriacCore
import CeleriacWire
import Foundation
import Logging
import Synchronization

/// Results as Celery's `rpc://` has them: a worker sends each state of a call into the queue that the call names, and
/// only the process that made the call reads it.
///
/// ```swift
/// let app = try TaskApp("amqp://localhost", resultBackend: "rpc://", schemes: [.rabbitMQ])
/// ```
///
/// - A call of another process reads PENDING, and waiting for it never ends: this cannot be told from a call that has
///   not ended. So does a call of this process whose result was forgotten.
/// - This process makes one queue for all its calls, when it first sends a call whose result is wanted. It keeps the
///   latest state of each call, within the bounds of ``RPCOptions``.
/// - A worker confirms each state with the server before it acknowledges the call. Results for a queue that is gone are
///   dropped.
/// - Chords, revocations that outlive a worker, the beat's schedule and all else that must be stored need another
///   result backend.
///
/// Source: `celery/backends/rpc.py`, celery 5.7.
public final class RPCResults: Sendable {
    let inbox: ReplyInbox
    let queue: ReplyQueue
    private let options: RPCOptions
    private let store: RabbitMQStore
    private var logger: Logger { store.logger }
    /// The channel of states. Not that of calls, so that a state which the server refuses ends no call.
    private let sending: Renewed<AMQPChannel>

    /// - Parameter store: the app's broker; results take its server. It connects at the first use.
    public init(through store: RabbitMQStore, options: RPCOptions = RPCOptions()) {
        self.options = options
        self.store = store
        inbox = ReplyInbox(options, store.time, store.logger)
        queue = ReplyQueue(store.configuration, options, into: inbox, store.time, store.logger)
        sending = store.publishing.sharedChannel()
        store.whenClosed.withLock { [queue] closers in closers.append { [weak queue] in await queue?.close() } }
    }

    /// Deletes the reply queue and closes its connection. The states that have arrived can still be read. Closing the
    /// broker does the same.
    public func close() async { await queue.close() }
}

extension RPCResults: ReplyBackend, ResultSerializing {
    public var transport: String { "rpc" }

    /// STARTED with ``RPCOptions/tracksStart``, otherwise empty. A call of which nothing has arrived is PENDING.
    public var interimStates: Set<TaskState> { options.tracksStart ? [.started] : [] }

    public func writeResults(in serializer: Serializer, accepting accepted: [Serializer]) {
        inbox.formats = ResultFormats(written: serializer, accepted: accepted)
    }

    public func replyQueue() async throws -> String {
        do { try await queue.start() } catch { throw StoreError.translating(error) }
        return queue.name
    }

    // MARK: Sending

    /// Sends each state to the caller of its call, confirmed, in order. A call whose caller named no queue has no result.
    ///
    /// A caller that is gone, or whose queue takes no more, is no error.
    ///
    /// - Throws: ``BrokerError``; any of the states may have been sent then.
    public func record(_ changes: [StateChange]) async throws {
        let messages = changes.compactMap(message(of:))
        guard !messages.isEmpty else { return }
        do {
            let outcomes = try await sending.value().publish(messages)
            for (message, outcome) in zip(messages, outcomes) { try check(outcome, of: message) }
        } catch {
            throw StoreError.translating(error)
        }
    }

    private func message(of change: StateChange) -> AMQPMessage? {
        guard let address = change.reply else { return nil }
        guard mayReply(to: address.queue) else {
            logger.warning(
                "A caller wants its states in a queue of tasks, and gets none",
                metadata: ["queue": "\(address.queue)", "task_id": "\(change.record.id)"])
            return nil
        }
        let result = WrittenResult(
            change, isExtended: options.extendedResults, processID: Self.processID, as: inbox.formats.written)
        return ReplyMessage.message(result, to: address, isPersistent: options.isPersistent)
    }

    /// Whether a caller may have states there: in a queue of tasks each of them would be a message that nobody can read.
    private func mayReply(to queue: String) -> Bool {
        guard !store.declarations.knows(queue) else { return false }
        return (try? QueueName(queue)).map { store.objection(to: $0) == nil } ?? true
    }

    private func check(_ outcome: AMQPOutcome, of message: AMQPMessage) throws {
        guard case .failure(let error) = outcome else { return }
        guard [.unroutable, .refused, .invalid].contains(error.code) else { throw error }
        logger.debug(
            "A state reached no caller",
            metadata: ["error": "\(error)", "task_id": "\(message.properties.correlationID ?? "none")"])
    }

    private static let processID = ProcessInfo.processInfo.processIdentifier

    // MARK: Reading

    public func record(of id: TaskID) async throws -> TaskRecord? { inbox.record(of: id) }

    public func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord? {
        try await inbox.next(of: id, after: seen ?? TaskRecord(id: id, state: .pending))
    }

    /// Forgets the state in this process. A later state of the call is kept again.
    public func forget(_ id: TaskID) async throws { inbox.forget(id) }
}
