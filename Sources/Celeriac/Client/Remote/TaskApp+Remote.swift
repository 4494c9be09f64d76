extension TaskApp {
    /// Celery's `app.control.inspect()`: asks the workers, Python's among them, what they do.
    ///
    /// ```swift
    /// for reply in try await app.inspect().active() {
    ///     print(reply.node, try reply.get().map(\.task))
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - nodes: the workers that are meant, as `name@host`; `nil` = all.
    ///   - pattern: what their names must fit; `nil` = any.
    ///   - timeout: how long to wait for replies. With `nodes` it ends when all of these have answered.
    /// - Throws: `CeleriacError` with code `unsupported` if neither store of the app carries remote control.
    public func inspect(
        to nodes: [String]? = nil, pattern: ControlCommand.Pattern? = nil, timeout: Duration = .seconds(1)
    ) throws -> Inspection {
        Inspection(audience: try audience(nodes, pattern, timeout))
    }

    /// Celery's `app.control`: tells the workers, Python's among them, what to do.
    ///
    /// - Parameters:
    ///   - nodes: the workers that are meant, as `name@host`; `nil` = all.
    ///   - pattern: what their names must fit; `nil` = any.
    ///   - timeout: how long to wait for replies. With `nodes` it ends when all of these have answered.
    /// - Throws: `CeleriacError` with code `unsupported` if neither store of the app carries remote control.
    public func control(
        to nodes: [String]? = nil, pattern: ControlCommand.Pattern? = nil, timeout: Duration = .seconds(1)
    ) throws -> RemoteControl {
        RemoteControl(audience: try audience(nodes, pattern, timeout))
    }

    /// What workers tell while it is iterated, Python's among them. See ``MonitorEvents``.
    ///
    /// - Parameters:
    ///   - buffer: how many events wait for a slow reader; of more, the oldest are dropped. At least 1.
    ///   - isListening: called each time that events begin to arrive: at first, and after each new connection.
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
