/// A call, or a group of calls, in the tree of what a call has sent.
public struct ResultNode: Sendable, Hashable {
    public var id: TaskID
    /// Of a group: its members, in order. `nil` = a single call.
    public var members: [ResultNode]?

    public init(_ id: TaskID, members: [ResultNode]? = nil) {
        self.id = id
        self.members = members
    }

    /// The ids of its calls, groups taken apart; in order.
    public var calls: [TaskID] { members?.flatMap(\.calls) ?? [id] }
}
