extension TaskApp {
    /// Returns an inspection of the workers, including Python workers: Celery's `app.control.inspect()`.
    ///
    /// ```swift
    /// for reply in try await app.inspect().active() {
    ///     print(reply.node, try reply.get().map(\.task))
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - nodes: the workers to ask, as `name@host`; `nil` for all.
    ///   - pattern: the pattern that their names must match; `nil` for any name.
    ///   - timeout: how long to wait for replies. With `nodes`, the wait ends when all of them have answered.
    /// - Throws: `CeleriacError` with code `unsupported` if neither store of the app carries remote control.
    public func inspect(
        to nodes: [String]? = nil, pattern: ControlCommand.Pattern? = nil, timeout: Duration = .seconds(1)
    ) throws -> Inspection {
        Inspection(audience: try audience(nodes, pattern, timeout))
    }

    /// Returns a control for commands to the workers, including Python workers: Celery's `app.control`.
    ///
    /// - Parameters:
    ///   - nodes: the workers to ask, as `name@host`; `nil` for all.
    ///   - pattern: the pattern that their names must match; `nil` for any name.
    ///   - timeout: how long to wait for replies. With `nodes`, the wait ends when all of them have answered.
    /// - Throws: `CeleriacError` with code `unsupported` if neither store of the app carries remote control.
    public func control(
        to nodes: [String]? = nil, pattern: ControlCommand.Pattern? = nil, timeout: Duration = .seconds(1)
    ) throws -> RemoteControl {
        RemoteControl(audience: try audience(nodes, pattern, timeout))
    }

    /// Returns the events that workers emit during the iteration, including Python workers. See ``MonitorEvents``.
    ///
    /// - Parameters:
    ///   - buffer: the number of events that are kept for a slow reader; beyond it, the oldest are dropped. At least 1.
    ///   - isListening: called each time when events begin to arrive: at the start, and after each new connection.
    /// - Throws: `CeleriacError` with code `unsupported` if neither store of the app carries events.
    public func events(
        buffer: Int = 10_000, isListening: @escaping @Sendable () async -> Void = {}
    ) throws -> MonitorEvents {
        let channel = try backend.require(.events)
        return MonitorEvents(channel: channel, buffer: max(1, buffer), isListening: isListening)
    }

    private func audience(
        _ nodes: [String]?, _ pattern: ControlCommand.Pattern?, _ timeout: Duration
    ) throws -> ControlAudience {
        let channel = try backend.require(.control)
        return ControlAudience(channel: channel, destination: nodes, pattern: pattern, timeout: timeout)
    }
}
