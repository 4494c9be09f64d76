/// A search that looks through the lists of an inspector, a part at a time.
///
/// Its cursor is the stage, the queue and the cursor of their list; the last is empty where a list begins.
struct CallWalk<Store: CallSearch & DeadLetterStore & QueueCounter>: Sendable {
    private let store: Store
    private let filter: CallFilter
    private let queues: [QueueName]

    /// Where the walk stands: a list, and how far it has come in it.
    private struct Position {
        var stage: MessagePlace.Status
        var queue: QueueName
        var cursor: Cursor?
    }

    /// The most messages that are read at a time.
    private static var part: Int { 200 }
    private static var order: [MessagePlace.Status] { [.leased, .ready, .delayed, .dead] }

    init(_ store: Store, _ filter: CallFilter) async throws {
        self.store = store
        self.filter = filter
        queues = if let queue = filter.queue { [queue] } else { try await store.queues() }
    }

    func page(after cursor: Cursor?, limit: Int, budget: Duration) async throws -> FoundCalls {
        let about = try await estimate()
        let limit = limit.ofPage
        var position = if let cursor { try self.position(cursor) } else { first }
        guard limit > 0 else { return FoundCalls(Page([], next: cursor), examined: 0, about: about) }
        var found: [FoundCall] = []
        var examined = 0
        let end = ContinuousClock.now + budget
        while let here = position, found.count < limit {
            let part = try await self.part(of: here, upTo: limit - found.count)
            found += part.found
            examined += part.examined
            position =
                part.next.map { Position(stage: here.stage, queue: here.queue, cursor: $0) } ?? follower(of: here)
            if examined > 0, ContinuousClock.now >= end { break }
        }
        return FoundCalls(Page(found, next: position.map(self.cursor)), examined: examined, about: about)
    }

    // MARK: Parts

    private struct Part {
        var found: [FoundCall]
        var examined: Int
        var next: Cursor?
    }

    /// Reads a part of a list whose matches fit on the page. A part with more is read again, up to the last match that
    /// fits, since only the store can say where a list goes on.
    private func part(of here: Position, upTo room: Int) async throws -> Part {
        var size = filter.isOpen ? room : Self.part
        while true {
            let page = try await list(here, limit: min(size, Self.part))
            let places = page.indices.filter { filter.isOpen || filter.matches(page[$0]) }
            guard places.count > room else {
                return Part(found: places.map { page[$0] }, examined: page.count, next: page.next)
            }
            size = places[room - 1] + 1
        }
    }

    private func list(_ here: Position, limit: Int) async throws -> Page<FoundCall> {
        guard here.stage == .dead else {
            return try await store.messages(in: here.queue, here.stage, after: here.cursor, limit: limit)
                .mapItems { FoundCall($0) }
        }
        return try await store.deadLetters(in: here.queue, after: here.cursor, limit: limit)
            .mapItems { FoundCall(QueuedMessage(dead: $0), letter: $0) }
    }

    private func estimate() async throws -> Int {
        var count = 0
        for queue in queues {
            let counts = try await store.counts(of: queue)
            for stage in stages { count += counts[stage] ?? 0 }
        }
        return count
    }

    // MARK: Positions

    private var stages: [MessagePlace.Status] {
        Self.order.filter { filter.stages.isEmpty || filter.stages.contains($0) }
    }

    private var first: Position? {
        guard let stage = stages.first, let queue = queues.first else { return nil }
        return Position(stage: stage, queue: queue)
    }

    /// The next list. A queue that is gone is followed by the next one by name.
    private func follower(of here: Position) -> Position? {
        if let queue = queues.first(where: { here.queue.rawValue < $0.rawValue }) {
            return Position(stage: here.stage, queue: queue)
        }
        guard let queue = queues.first, let place = stages.firstIndex(of: here.stage), place + 1 < stages.count else {
            return nil
        }
        return Position(stage: stages[place + 1], queue: queue)
    }

    private func cursor(_ position: Position) -> Cursor {
        MessageList("search", position.queue, position.stage).cursor([position.cursor?.rawValue ?? ""])
    }

    private func position(_ cursor: Cursor) throws(BrokerError) -> Position {
        guard let (queue, stage) = MessageList.place(of: cursor) else { throw cursor.refusal }
        let key = try MessageList("search", queue, stage).key(of: cursor)
        guard key.count == 1, stages.contains(stage), filter.queue == nil || filter.queue == queue else {
            throw cursor.refusal
        }
        return Position(stage: stage, queue: queue, cursor: key[0].isEmpty ? nil : Cursor(rawValue: key[0]))
    }
}

extension CallSearch where Self: DeadLetterStore & QueueCounter {
    /// Looks through the lists of ``Inspector`` and ``DeadLetterStore``, up to 200 messages at a time.
    public func calls(
        _ filter: CallFilter, after cursor: Cursor?, limit: Int, budget: Duration
    ) async throws -> FoundCalls {
        try await CallWalk(self, filter).page(after: cursor, limit: limit, budget: budget)
    }
}

extension QueuedMessage {
    /// The message of a dead letter. When it was published is not known of every letter; the date is that of its death.
    fileprivate init(dead letter: DeadLetter) {
        self.init(
            envelope: letter.envelope, queue: letter.queue, status: .dead, notBefore: nil, enqueuedAt: letter.diedAt,
            deliveryCount: 0)
    }
}

extension QueueCounts {
    fileprivate subscript(stage: MessagePlace.Status) -> Int? {
        switch stage {
        case .ready: ready
        case .delayed: delayed
        case .leased: leased
        case .dead: dead
        }
    }
}
