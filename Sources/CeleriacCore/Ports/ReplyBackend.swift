/// A result backend that sends each state of a call to the queue that its caller names, and keeps none for others: only
/// the process that made a call learns its result.
///
/// A call that names no queue has no result. ``ResultBackend/record(_:)`` sends nothing for it.
public protocol ReplyBackend: ResultBackend {
    /// The queue in which this process receives the states of its calls. The first call makes the queue.
    ///
    /// - Throws: ``BrokerError`` if it cannot be made; the next call tries again.
    func replyQueue() async throws -> String
}
