/// A call that is ready to be published: through every check and middleware, with its id, but not sent.
///
/// For transactional enqueue: hand ``publication`` to the store within your own database transaction.
public struct PreparedCall<Output: Sendable>: Sendable {
    public let publication: Publication
    /// Reads the result once the publication was made.
    public let result: AsyncResult<Output>
}
