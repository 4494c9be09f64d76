/// How often a job that has finished runs again: RQ's `Repeat`.
public struct JobRepeat: Sendable, Hashable {
    /// The number of runs after the first; at least 1.
    public var times: Int
    /// The pause before each repeated run, in whole seconds; the last one repeats. Empty for no pauses.
    public var intervals: [Duration]

    public init(times: Int, intervals: [Duration] = []) {
        self.times = times
        self.intervals = intervals
    }

    public init(times: Int, interval: Duration) { self.init(times: times, intervals: [interval]) }
}
