import AMQPClient
import CeleriacCore
import CeleriacWire
import Logging
import StoreKit
import Synchronization

/// The states that this process has received, and the callers that wait for them.
final class ReplyInbox: Sendable {
    private struct State {
        var book: ReplyBook
        var formats = ResultFormats.json
        var hasWarnedOfDrops = false
        var hasWarnedOfRefusals = false
        /// How many messages have arrived, readable or not.
        var arrivals = 0
    }

    private let state: Guarded<State>
    private let wakeUps = WakeUps()
    private let limits: MessageLimits
    private let time: any TimeSource
    private let logger: Logger

    init(_ options: RPCOptions, _ time: any TimeSource, _ logger: Logger) {
        state = Guarded(
            State(
                book: ReplyBook(
                    most: options.mostResults, bytes: options.mostResultBytes, lifetime: options.lifetime)))
        limits = MessageLimits(resultBytes: options.largestResult)
        self.time = time
        self.logger = logger
    }

    /// The formats of results.
    var formats: ResultFormats {
        get { state.withLock { $0.formats } }
        set { state.withLock { $0.formats = newValue } }
    }

    var arrivals: Int { state.withLock { $0.arrivals } }
    /// The number of calls whose states are kept, and their bytes.
    var held: (count: Int, bytes: Int) { state.withLock { ($0.book.count, $0.book.byteCount) } }

    // MARK: Reading

    /// A call of which nothing has arrived is PENDING.
    func record(of id: TaskID) -> TaskRecord {
        let now = time.uptime
        return state.withLock { $0.book.record(of: id, at: now) } ?? TaskRecord(id: id, state: .pending)
    }

    /// Waits until the state of a call differs from the one seen last.
    ///
    /// - Throws: `CancellationError` when cancelled.
    func next(of id: TaskID, after seen: TaskRecord) async throws -> TaskRecord {
        let waiter = Waiter()
        wakeUps.add(waiter, for: [.record(id)])
        state.withLock { $0.book.beginWait(for: id) }
        defer {
            wakeUps.remove(waiter, for: [.record(id)])
            let now = time.uptime
            state.withLock { $0.book.endWait(for: id, at: now) }
        }
        while true {
            waiter.look()
            let record = record(of: id)
            if record != seen { return record }
            try await waiter.wait()
        }
    }

    func forget(_ id: TaskID) {
        state.withLock { $0.book.remove(id) }
        ring([id])
    }

    // MARK: Receiving

    /// Takes messages in their order. One that cannot be read is passed over.
    func take(_ deliveries: [AMQPDelivery]) {
        let formats = formats
        var ids: [TaskID] = []
        for delivery in deliveries {
            do {
                let record = try ReplyMessage.record(of: delivery, limits: limits, formats)
                if keep(record, size: delivery.body.count) { ids.append(record.id) }
            } catch {
                passOver(delivery, error)
            }
        }
        ring(ids)
        state.withLock { $0.arrivals += deliveries.count }
        warnOfDrops()
    }

    private func keep(_ record: TaskRecord, size: Int) -> Bool {
        let now = time.uptime
        return state.withLock { $0.book.take(record, size: size, at: now) }
    }

    private func ring(_ ids: [TaskID]) {
        var wakes = Wakes()
        for id in ids { wakes.add(id) }
        wakeUps.ring(wakes)
    }

    // MARK: Logging

    /// Warns once; whoever can write into the queue could fill the log otherwise.
    private func passOver(_ delivery: AMQPDelivery, _ error: any Error) {
        let isFirst = state.withLock { state in
            defer { state.hasWarnedOfRefusals = true }
            return !state.hasWarnedOfRefusals
        }
        let id = delivery.properties.correlationID?.prefix(255)
        logger.log(
            level: isFirst ? .warning : .debug, "A reply was passed over",
            metadata: ["error": "\(error)", "task_id": "\(id ?? "none")"])
    }

    private func warnOfDrops() {
        let isFirst = state.withLock { state in
            guard state.book.droppedCount > 0, !state.hasWarnedOfDrops else { return false }
            state.hasWarnedOfDrops = true
            return true
        }
        guard isFirst else { return }
        logger.warning(
            "results that nobody had read were forgotten, because too many arrived; further ones are forgotten silently",
            metadata: ["most": "RPCOptions.mostResults and mostResultBytes"])
    }
}
