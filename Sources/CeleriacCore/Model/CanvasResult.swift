/// The results of a canvas, as a tree of ids: what an `AsyncResult` or a `GroupResult` of Celery's stands for.
public struct CanvasResult: Sendable, Hashable {
    public var id: TaskID
    /// Of a group: its members' results, in order. `nil` = a single call.
    public var members: [CanvasResult]?
    /// What went before it in a chain, the nearest first: Celery's `parent`, `parent.parent` and so on. These have no parents
    /// of their own here.
    public var parents: [CanvasResult]

    public init(_ id: TaskID, members: [CanvasResult]? = nil, parents: [CanvasResult] = []) {
        self.id = id
        self.members = members
        self.parents = parents
    }

    /// Puts a result, and what went before that one, in front of all.
    package mutating func append(parent: CanvasResult) {
        var nearest = parent
        nearest.parents = []
        parents.append(nearest)
        parents += parent.parents
    }

    /// As a child of the task that sent it.
    public var node: ResultNode { ResultNode(id, members: members?.map(\.node)) }

    /// The ids of the calls whose results it consists of, groups taken apart; in order.
    public var leaves: [TaskID] { members?.flatMap(\.leaves) ?? [id] }

    /// The ids of all its calls: of those that it consists of, and of all that come before these.
    public var calls: [TaskID] { (members?.flatMap(\.calls) ?? [id]) + parents.flatMap(\.calls) }
}
