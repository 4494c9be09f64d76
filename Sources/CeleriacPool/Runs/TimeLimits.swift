/// How long a run may take.
package struct TimeLimits: Sendable, Hashable {
    /// Then it is cancelled. `nil` = never.
    package var soft: Duration?
    /// Then the pool gives it up, and kills the child that it runs in. `nil` = never.
    package var hard: Duration?

    package init(soft: Duration? = nil, hard: Duration? = nil) {
        self.soft = soft
        self.hard = hard
    }
}
