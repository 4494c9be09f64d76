/// The number of messages that one claim takes.
package struct ClaimShare: Sendable {
    /// A claim of no more messages than these, that took all there were, shows that the worker keeps up with them.
    package static let few = 4

    private let most: Int

    /// - Parameter most: the maximum for one claim, so that other callers of the server do not wait for it.
    package init(atMost most: Int) { self.most = most }

    /// A quarter of the requested number, but not too few.
    ///
    /// Batches then overlap: while one is claimed, another runs and a third is settled. A single batch for all free
    /// slots would also end as one: the worker would wait while the server claims and settles, and the server while the
    /// worker runs.
    package func count(of limit: Int) -> Int {
        let limit = max(limit, 1)
        return min(limit, max(64, limit / 4), most)
    }
}
