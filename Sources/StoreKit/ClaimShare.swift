/// How many messages one claim takes.
package struct ClaimShare: Sendable {
    private let most: Int

    /// - Parameter most: the most that one claim takes, so that other callers of the server do not wait for it.
    package init(atMost most: Int) { self.most = most }

    /// A quarter of what is asked for, but not few.
    ///
    /// So batches follow each other: while one is claimed, another runs and a third is settled. One batch for all free slots
    /// would come back as one: the worker would wait while the server claims and settles, the server while it runs.
    package func count(of limit: Int) -> Int {
        let limit = max(limit, 1)
        return min(limit, max(64, limit / 4), most)
    }
}
