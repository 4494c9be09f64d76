/// How long a run may take.
package struct TimeLimits: Sendable, Hashable {
    /// After this time the run is cancelled. `nil` = never.
    package var soft: Duration?
    /// After this time the pool gives the run up, and kills the child that it runs in. `nil` = never.
    package var hard: Duration?

    package init(soft: Duration? = nil, hard: Duration? = nil) {
        self.soft = soft
        self.hard = hard
    }
}
