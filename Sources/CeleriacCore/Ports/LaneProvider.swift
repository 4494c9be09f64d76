/// A broker that has a thread of its own on which a worker's supervision may run beside its input and output: claiming,
/// settling, renewing leases and heartbeats.
///
/// Optional. Each step from one thread to another costs a wake-up, and these are most of the way from a message's arrival
/// to its task's start. Whoever provides a lane promises that no task runs on it, so that leases are renewed whatever tasks
/// do. A worker whose broker provides none makes a lane of its own.
public protocol LaneProvider: Sendable {
    var lane: any TaskExecutor { get }
}
