extension TaskFailure {
    /// The failure that stands for a thrown error.
    init(_ error: any Error) {
        if let failure = error as? TaskFailure {
            self = failure
            return
        }
        let path = String(reflecting: Swift.type(of: error)).split(separator: ".", maxSplits: 1)
        self.init(
            type: String(path.last ?? "Error"), module: path.count > 1 ? String(path[0]) : nil, message: "\(error)"
        )
    }
}

/// What a task fails with whose soft time limit passed.
public struct SoftTimeLimitExceeded: Error, Sendable, CustomStringConvertible {
    public var description: String { "the soft time limit is over" }
}

/// What a task fails with that was still running at its hard time limit.
public struct TimeLimitExceeded: Error, Sendable, CustomStringConvertible {
    public var description: String { "the time limit is over; the task ignored its cancellation and was given up" }
}
