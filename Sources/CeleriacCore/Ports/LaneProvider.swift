/// A broker with a thread of its own on which a worker can run its supervision (claims, settlements, lease renewals and
/// heartbeats) next to the broker's input and output.
///
/// Optional. Each step from one thread to another costs a wake-up, and these make up most of the time from a message's
/// arrival to its task's start. A broker that provides a lane promises that no task runs on it, so that leases are
/// renewed whatever tasks do. For a broker without a lane, the worker makes its own.
public protocol LaneProvider: Sendable {
    var lane: any TaskExecutor { get }
}
