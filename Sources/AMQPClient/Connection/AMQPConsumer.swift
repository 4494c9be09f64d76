/// A consumer of a queue, and its deliveries in order. One task at a time may wait for them.
///
/// ```swift
/// for try await delivery in try await channel.consume("mail", prefetch: 16) {
///     handle(delivery)
///     try channel.ack(delivery)
/// }
/// ```
///
/// The sequence ends after ``cancel(deadline:)``. It throws ``AMQPError``: `consumerCancelled` if the queue was deleted;
/// the reason of the channel's end; `CancellationError` if the waiting task is cancelled, after which it can be read on.
/// A consumer that nobody holds any longer is cancelled, and the deliveries that it still holds go back to the queue.
public final class AMQPConsumer: AsyncSequence, Sendable {
    public typealias Element = AMQPDelivery

    public let tag: String
    public let queue: String
    private let channel: AMQPChannel
    private let mailbox: Mailbox

    init(_ channel: AMQPChannel, _ consumption: BasicMethod.Consumption, _ mailbox: Mailbox) {
        self.channel = channel
        self.mailbox = mailbox
        tag = consumption.consumerTag
        queue = consumption.queue
    }

    deinit { channel.link.submit(.abandonConsumer(channel.key, tag: tag, mailbox)) }

    /// Waits for deliveries, and takes all that have arrived.
    ///
    /// - Returns: an empty array after the end that ``cancel(deadline:)`` brings.
    public func nextBatch() async throws -> [AMQPDelivery] {
        let (items, wasFull) = try await mailbox.take()
        if wasFull { channel.link.run { $0.resumeReading() } }
        return items
    }

    /// Takes the deliveries that have arrived, without waiting.
    public func arrivedBatch() -> [AMQPDelivery] {
        let (items, wasFull) = mailbox.drain()
        if wasFull { channel.link.run { $0.resumeReading() } }
        return items
    }

    /// Tells the server to send no further deliveries. Those that have arrived can still be read and must be settled.
    public func cancel(deadline: Duration? = nil) async throws {
        // A full mailbox keeps the connection from reading, the answer too.
        if mailbox.lift() { channel.link.run { $0.resumeReading() } }
        _ = try await channel.ask(.basic(.cancel(consumerTag: tag, noWait: false)), deadline)
    }

    public func makeAsyncIterator() -> Iterator { Iterator(consumer: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let consumer: AMQPConsumer

        public func next() async throws -> AMQPDelivery? { try await consumer.next() }
    }

    private func next() async throws -> AMQPDelivery? {
        let (item, wasFull) = try await mailbox.next()
        if wasFull { channel.link.run { $0.resumeReading() } }
        return item
    }
}
