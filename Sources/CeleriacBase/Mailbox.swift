import Synchronization

/// Items on their way to one reader, who takes everything that has come meanwhile.
///
/// ```
/// put ---> waiting ---> next()            the reader suspends while nothing waits
///             finish() ---> next() gives what waits, then nil: closed, and nothing more is taken
/// ```
///
/// Not cancellable: the reader ends by ``finish()``, so that nothing that was put before is lost.
package final class Mailbox<Item: Sendable>: Sendable {
    @usableFromInline package struct State {
        @usableFromInline package var items: [Item] = []
        @usableFromInline package var reader: CheckedContinuation<Void, Never>?
        @usableFromInline package var isFinished = false
        /// Whether the reader has been given its end.
        @usableFromInline package var isClosed = false

        @inlinable package init() {}
    }

    @usableFromInline package let state = Guarded(State())

    package init() {}

    @inlinable package var isFinished: Bool { state.withLock { $0.isFinished } }

    /// - Returns: whether the reader gets it; `false` once ``next(upTo:)`` has returned `nil`.
    @inlinable @discardableResult package func put(_ item: Item) -> Bool {
        change { items, _ in items.append(item) } != nil
    }

    /// Changes what waits, and wakes the reader.
    ///
    /// - Parameter body: gets what waits, oldest first, and whether the mailbox is finished.
    /// - Returns: what `body` returns; `nil`, and `body` was not called, once ``next(upTo:)`` has returned `nil`.
    @inlinable package func change<Result: Sendable>(
        _ body: (inout [Item], _ isFinished: Bool) -> Result
    ) -> Result? {
        let (result, reader) = state.withLock { state -> (Result?, CheckedContinuation<Void, Never>?) in
            guard !state.isClosed else { return (nil, nil) }
            let result = body(&state.items, state.isFinished)
            return (result, state.reader.take())
        }
        reader?.resume()
        return result
    }

    /// Lets ``next(upTo:)`` return `nil` once nothing waits.
    @inlinable package func finish() {
        state.withLock { state in
            state.isFinished = true
            return state.reader.take()
        }?.resume()
    }

    /// Takes what waits, oldest first; suspends until something does. For one reader.
    ///
    /// - Parameter limit: takes no more than this many at once.
    /// - Returns: at least one item; `nil` once the mailbox is finished and empty.
    @inlinable package func next(upTo limit: Int = .max) async -> [Item]? {
        while true {
            let (items, isClosed) = take(upTo: limit)
            if !items.isEmpty { return items }
            if isClosed { return nil }
            await withCheckedContinuation { park($0) }
        }
    }

    @inlinable package func take(upTo limit: Int) -> (items: [Item], isClosed: Bool) {
        state.withLock { state in
            if state.items.isEmpty { state.isClosed = state.isFinished }
            guard state.items.count > limit else {
                defer { state.items = [] }
                return (state.items, state.isClosed)
            }
            defer { state.items.removeFirst(limit) }
            return (Array(state.items.prefix(limit)), false)
        }
    }

    @inlinable package func park(_ reader: CheckedContinuation<Void, Never>) {
        let isReady = state.withLock { state in
            if !state.items.isEmpty || state.isFinished { return true }
            state.reader = reader
            return false
        }
        if isReady { reader.resume() }
    }
}
