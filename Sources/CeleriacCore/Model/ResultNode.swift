/// A call, or a group of calls, in the tree of the calls that a task has sent.
public struct ResultNode: Sendable, Hashable {
    public var id: TaskID
    /// The members of a group, in order. `nil` for a single call.
    public var members: [ResultNode]?

    public init(_ id: TaskID, members: [ResultNode]? = nil) {
        self.id = id
        self.members = members
    }

    /// The ids of its calls, in order; groups are replaced by their members.
    public var calls: [TaskID] { members?.flatMap(\.calls) ?? [id] }
}
