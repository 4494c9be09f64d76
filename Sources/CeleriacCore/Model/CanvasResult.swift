/// The results of a canvas as a tree of ids, like an `AsyncResult` or a `GroupResult` of Celery.
public struct CanvasResult: Sendable, Hashable {
    public var id: TaskID
    /// The results of a group's members, in order. `nil` for a single call.
    public var members: [CanvasResult]?
    /// The results that precede it in a chain, nearest first: Celery's `parent`, `parent.parent` and so on. Their own
    /// `parents` are empty.
    public var parents: [CanvasResult]

    public init(_ id: TaskID, members: [CanvasResult]? = nil, parents: [CanvasResult] = []) {
        self.id = id
        self.members = members
        self.parents = parents
    }

    /// Appends a result and its parents as the farthest parents of this result.
    package mutating func append(parent: CanvasResult) {
        var nearest = parent
        nearest.parents = []
        parents.append(nearest)
        parents += parent.parents
    }

    /// The same result as a child of the task that sent it.
    public var node: ResultNode { ResultNode(id, members: members?.map(\.node)) }

    /// The ids of the calls whose results it consists of, in order; groups are replaced by their members.
    public var leaves: [TaskID] { members?.flatMap(\.leaves) ?? [id] }

    /// The ids of all its calls: those that it consists of, then those that precede them.
    public var calls: [TaskID] { (members?.flatMap(\.calls) ?? [id]) + parents.flatMap(\.calls) }
}
