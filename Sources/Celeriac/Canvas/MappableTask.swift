/// A task whose parameters are known as types, so that one call can be made of many: what ``map(_:)``, ``starmap(_:)`` and
/// ``chunks(_:size:)`` ask for.
///
/// ```swift
/// let squares = try await $square.map(1...100).delay()                   // AsyncResult<[Int]>: one message, one result
/// let sums = $add.starmap([(1, 2), (3, 4)])                              // Signature<[Int]>, for a chain or a group
/// let parts = try await $add.chunks(pairs, size: 10).delay()             // GroupResult<[Int]>: a message for every ten
/// ```
///
/// Every `@Task`, `@RemoteTask` and ``ClosureTask`` with parameters is one. A worker runs the items of a message in order, as
/// one attempt: its limits, its retries and its failure are those of the whole. Use a group where items are to run side by side.
public protocol MappableTask<Output>: CallableTask {
    /// What one call takes: of a task with one parameter its type, of others a tuple of all, in order and without labels.
    associatedtype MappedItem

    /// The arguments of a call of one item, all of them positional.
    func encodeItem(_ item: MappedItem) -> EncodedArguments
}

extension MappableTask {
    /// One call that runs this task for every item, in order: Celery's `starmap`.
    ///
    /// It goes where the task's own calls go, but takes none of the task's time limits, which are those of one item. As a step
    /// of a chain it takes nothing from the step before: see ``Signature/ignoringInput()``.
    ///
    /// - Returns: a call whose output is the outputs in the order of the items.
    public func starmap(_ items: some Sequence<MappedItem>) -> Signature<[Output]> {
        let encoded = items.map(encodeItem)
        if let unfit = encoded.first(where: { $0.failure != nil }) { return Signature(failing: unfit, self) }
        return Signature(CallMapping(name, items: JSONText.array(encoded.map(\.args)), isStarred: true), self)
    }

    /// A group of starmaps: one message for every `size` items. Celery's `chunks`.
    ///
    /// - Parameters:
    ///   - items: as for a starmap.
    ///   - size: the most items of a message; less than one counts as one.
    /// - Returns: a group, each of whose outputs is a list.
    public func chunks(_ items: some Sequence<MappedItem>, size: Int) -> CallGroup<[Output]> {
        let items = Array(items)
        let starts = stride(from: 0, to: items.count, by: max(1, size))
        return group(starts.map { starmap(items[$0..<min($0 + max(1, size), items.count)]) })
    }
}

extension MappableTask where MappedItem: Encodable {
    /// One call that runs this task for every item, in order: Celery's `map`, for tasks of one parameter. Else as
    /// ``starmap(_:)``.
    public func map(_ items: some Sequence<MappedItem>) -> Signature<[Output]> {
        var list = EncodedArguments()
        for item in items { list.append(item) }
        guard list.failure == nil else { return Signature(failing: list, self) }
        return Signature(CallMapping(name, items: list.args, isStarred: false), self)
    }
}
