/// A message before it is encoded, and what its publication asks for beside it.
struct OutgoingCall: Sendable {
    var message: Message
    /// The task by whose name the call is routed: the mapped task for a map.
    let routedTask: TaskName
    /// `nil` = as the app's routes say.
    let queue: QueueName?
    var unique: Uniqueness?
    var atFront = false
    var job: OnHeap<JobOptions>?
}
