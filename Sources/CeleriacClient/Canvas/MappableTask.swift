/// A task with typed parameters, so that one call can run many items. ``map(_:)``, ``starmap(_:)`` and
/// ``chunks(_:size:)`` require it.
///
/// ```swift
/// let squares = try await $square.map(1...100).delay()                   // AsyncResult<[Int]>: one message, one result
/// let sums = $add.starmap([(1, 2), (3, 4)])                              // Signature<[Int]>, for a chain or a group
/// let parts = try await $add.chunks(pairs, size: 10).delay()             // GroupResult<[Int]>: a message for every ten
/// ```
///
/// Every `@Task`, `@RemoteTask` and ``ClosureTask`` with parameters conforms. A worker runs the items of a message in
/// order, as one attempt: time limits, retries and failures apply to the message as a whole. Use a group to run items
/// side by side.
public protocol MappableTask<Output>: CallableTask {
    /// The arguments of one call: the type of the only parameter, or a tuple of all parameter types, in order and
    /// without labels.
    associatedtype MappedItem

    /// Returns the arguments of a call for one item, all of them positional.
    func encodeItem(_ item: MappedItem) -> EncodedArguments
}

extension MappableTask {
    /// Makes one call that runs this task for every item, in order: Celery's `starmap`.
    ///
    /// The call uses the task's queue and route, but not its time limits, because these apply to one item. As a step of
    /// a chain it does not take the output of the previous step: see ``Signature/ignoringInput()``.
    ///
    /// - Returns: a call whose output is the array of the outputs, in the order of the items.
    public func starmap(_ items: some Sequence<MappedItem>) -> Signature<[Output]> {
        let encoded = items.map(encodeItem)
        if let unfit = encoded.first(where: { $0.failure != nil }) { return Signature(failing: unfit, self) }
        return Signature(CallMapping(name, items: JSONText.array(encoded.map(\.args)), isStarred: true), self)
    }

    /// Makes a group of starmaps, one message for every `size` items: Celery's `chunks`.
    ///
    /// - Parameters:
    ///   - items: the items, as for a starmap.
    ///   - size: the largest number of items in a message; values below 1 count as 1.
    /// - Returns: a group. The output of each member is a list.
    public func chunks(_ items: some Sequence<MappedItem>, size: Int) -> CallGroup<[Output]> {
        let items = Array(items)
        let starts = stride(from: 0, to: items.count, by: max(1, size))
        return group(starts.map { starmap(items[$0..<min($0 + max(1, size), items.count)]) })
    }
}

extension MappableTask where MappedItem: Encodable {
    /// Makes one call that runs this task for every item, in order: Celery's `map`, for tasks with one parameter.
    /// Otherwise the same as ``starmap(_:)``.
    public func map(_ items: some Sequence<MappedItem>) -> Signature<[Output]> {
        var list = EncodedArguments()
        for item in items { list.append(item) }
        guard list.failure == nil else { return Signature(failing: list, self) }
        return Signature(CallMapping(name, items: list.args, isStarred: false), self)
    }
}
