/// Finds calls among the messages of a store, page by page.
///
/// No store keeps an index of everything that a filter may ask for, so a search looks through messages. It looks for a
/// while only, and says how far it came; the next page goes on from there.
public protocol CallSearch: Inspector {
    /// Lists the calls whose messages match a filter: those that run, then the ready, the delayed and the dead ones,
    /// each stage by queue, in the order of ``Inspector/messages(in:_:after:limit:)``.
    ///
    /// Whatever happens between two pages, a walk by pages lists every matching message that stays in its place exactly
    /// once; the documentation of a store names its exceptions.
    ///
    /// - Parameters:
    ///   - cursor: where the previous page ended; `nil` to begin.
    ///   - limit: the most calls of the page, up to ``Page/mostItems``.
    ///   - budget: how long to look. The search looks at 1 to 200 messages at least, and ends after the part with which
    ///     the budget is spent.
    /// - Throws: ``BrokerError``; code `refused` for a cursor that this search did not give. Begin again without one.
    func calls(
        _ filter: CallFilter, after cursor: Cursor?, limit: Int, budget: Duration
    ) async throws -> FoundCalls
}

/// A page of a search.
public struct FoundCalls: Sendable {
    public var page: Page<FoundCall>
    /// The number of messages that were looked at for this page.
    public var examined: Int
    /// The number of messages in all places where the search looks, as counted before it; an estimate.
    public var about: Int

    public init(_ page: Page<FoundCall>, examined: Int, about: Int) {
        self.page = page
        self.examined = examined
        self.about = about
    }
}

/// A message that a search has found; of a dead one, its letter.
public struct FoundCall: Sendable {
    public var message: QueuedMessage
    /// `nil` unless the message is dead.
    public var letter: DeadLetter?

    public init(_ message: QueuedMessage, letter: DeadLetter? = nil) {
        self.message = message
        self.letter = letter
    }

    /// The id with which it is looked up, retried and deleted.
    public var id: TaskID { letter?.id ?? message.id }
}
