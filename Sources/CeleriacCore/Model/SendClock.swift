/// When the send that is under way began. A send of several steps (exchanges, the message, its record, its event) has one
/// deadline altogether: each store counts its own from the beginning of the send, not of the step.
package enum SendClock {
    /// By the machine's clock, since the deadlines of servers are real even in virtual time.
    @TaskLocal private static var began: Duration?

    /// Runs the steps of a send. Within another send they are steps of that one.
    ///
    /// - Parameter hasSteps: whether there are several; a lone step needs no clock.
    package static func counting<Value>(
        if hasSteps: Bool, _ steps: () async throws -> Value
    ) async rethrows -> Value {
        guard hasSteps, began == nil else { return try await steps() }
        return try await $began.withValue(SystemTime().uptime, operation: steps)
    }

    /// How much is left of a store's deadline; `nil` = all of it.
    package static func rest(of deadline: Duration) -> Duration? {
        began.map { max(.zero, deadline - (SystemTime().uptime - $0)) }
    }
}
