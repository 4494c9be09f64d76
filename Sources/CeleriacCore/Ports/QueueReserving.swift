/// A broker that keeps data of its own next to its queues, under names that queues cannot have there.
///
/// Names that are reserved on every broker are not valid as ``QueueName`` in the first place.
public protocol QueueReserving: Broker {
    /// Checks whether a queue of this broker may have the name. Called for each call that is sent, so it must be quick.
    ///
    /// - Returns: the reason why not, as the second half of a sentence; `nil` if the name is allowed.
    func objection(to queue: QueueName) -> String?
}
