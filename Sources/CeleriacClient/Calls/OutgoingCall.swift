/// A message that is not encoded yet, with the options of its publication.
struct OutgoingCall: Sendable {
    var message: Message
    /// The task whose name decides the route: the mapped task for a map.
    let routedTask: TaskName
    /// The queue; `nil` uses the app's routes.
    let queue: QueueName?
    var unique: Uniqueness?
    var atFront = false
    var job: OnHeap<JobOptions>?
}
