/// A call that is ready to be published: it has its id and passed every check and middleware, but is not sent.
///
/// For transactional enqueue: hand ``publication`` to the store within your own database transaction.
public struct PreparedCall<Output: Sendable>: Sendable {
    /// The message with its queue, for the broker's `publish`.
    public let publication: Publication
    /// The handle of the call, for reading its result once it is published.
    public let result: AsyncResult<Output>
}
