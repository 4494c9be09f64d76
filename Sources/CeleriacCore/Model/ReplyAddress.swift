/// Where the caller of a call wants its states: Celery's `reply_to` and `correlation_id`.
public struct ReplyAddress: Sendable, Hashable {
    public var queue: String
    /// The text by which the caller recognises the call; usually the call's id.
    public var correlationID: String

    public init(queue: String, correlationID: String) {
        self.queue = queue
        self.correlationID = correlationID
    }
}
