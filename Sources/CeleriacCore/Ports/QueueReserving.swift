/// A broker that keeps things of its own beside its queues, under names that no queue may have there.
///
/// The names that are reserved on every broker are no ``QueueName`` in the first place.
public protocol QueueReserving: Broker {
    /// Whether a queue of this broker may have the name. Asked at each call that is sent, so it must be quick.
    ///
    /// - Returns: why not, as the second half of a sentence; `nil` where it may.
    func objection(to queue: QueueName) -> String?
}
