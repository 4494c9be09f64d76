import Synchronization

/// A queue of items for one reader, which takes all waiting items at once.
///
/// ```
/// put ---> waiting ---> next()            the reader suspends while nothing waits
///             finish() ---> next() gives what waits, then nil: closed, and nothing more is taken
/// ```
///
/// It lies in the module that uses it, so that the compiler specialises it: each end of a task passes through one.
///
/// Not cancellable: the reader ends through ``finish()``, so that no item that was put before is lost.
final class Mailbox<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var reader: CheckedContinuation<Void, Never>?
        var isFinished = false
        /// Whether the reader has received `nil`.
        var isClosed = false
    }

    private let state = Guarded(State())
    private let waker: (any TaskExecutor)?

    /// - Parameter waker: wakes the reader after the jobs that wait there now, so that it gets their items too. `nil` =
    ///   whoever puts the first item wakes it at once.
    init(waker: (any TaskExecutor)? = nil) { self.waker = waker }

    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// - Returns: whether the reader will receive the item; `false` once ``next(upTo:)`` has returned `nil`.
    @discardableResult func put(_ item: Item) -> Bool {
        change { items, _ in items.append(item) } != nil
    }

    /// Changes the waiting items, and wakes the reader.
    ///
    /// - Parameter body: receives the waiting items, oldest first, and whether the mailbox is finished.
    /// - Returns: the value that `body` returns; `nil` once ``next(upTo:)`` has returned `nil`, in which case `body` is
    ///   not called.
    func change<Result: Sendable>(
        _ body: (inout [Item], _ isFinished: Bool) -> Result
    ) -> Result? {
        let (result, reader) = state.withLock { state -> (Result?, CheckedContinuation<Void, Never>?) in
            guard !state.isClosed else { return (nil, nil) }
            let result = body(&state.items, state.isFinished)
            return (result, state.reader.take())
        }
        if let reader { wake(reader) }
        return result
    }

    private func wake(_ reader: CheckedContinuation<Void, Never>) {
        guard let waker else { return reader.resume() }
        // It cannot be awaited, and does nothing else.
        Task(executorPreference: waker) { reader.resume() }
    }

    /// Makes ``next(upTo:)`` return `nil` once no item waits.
    func finish() {
        state.withLock { state in
            state.isFinished = true
            return state.reader.take()
        }?.resume()
    }

    /// Takes the waiting items, oldest first; suspends until there is one. For one reader.
    ///
    /// - Parameter limit: the most items to take at once.
    /// - Returns: at least one item; `nil` once the mailbox is finished and empty.
    func next(upTo limit: Int = .max) async -> [Item]? {
        while true {
            let (items, isClosed) = take(upTo: limit)
            if !items.isEmpty { return items }
            if isClosed { return nil }
            await withCheckedContinuation { park($0) }
        }
    }

    private func take(upTo limit: Int) -> (items: [Item], isClosed: Bool) {
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

    private func park(_ reader: CheckedContinuation<Void, Never>) {
        let isReady = state.withLock { state in
            if !state.items.isEmpty || state.isFinished { return true }
            state.reader = reader
            return false
        }
        if isReady { reader.resume() }
    }
}
