extension TaskContext {
    /// The tick of the beat's schedule that this call is for. `nil` for all other calls, including those that an entry
    /// published out of turn.
    ///
    /// A call that is published late to catch up contains its original due time here.
    public var tick: Tick? { Tick(headers.extra[Tick.header]) }
}
