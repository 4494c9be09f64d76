/// The start of the current send. A send of several steps (exchanges, the message, its record, its event) has one
/// deadline: each store counts its deadline from the start of the send, not of the step.
package enum SendClock {
    /// Measured by the machine's clock, because the deadlines of servers are real even in virtual time.
    @TaskLocal private static var began: Duration?

    /// Runs the steps of a send. Inside another send they count as steps of that one.
    ///
    /// - Parameter hasSteps: whether there are several steps; a single step needs no clock.
    package static func counting<Value>(
        if hasSteps: Bool, _ steps: () async throws -> Value
    ) async rethrows -> Value {
        guard hasSteps, began == nil else { return try await steps() }
        return try await $began.withValue(SystemTime().uptime, operation: steps)
    }

    /// The time left of a store's deadline; `nil` if all of it is left.
    package static func rest(of deadline: Duration) -> Duration? {
        began.map { max(.zero, deadline - (SystemTime().uptime - $0)) }
    }
}
