public import CeleriacCore

extension FlakyBroker: ControlChannel where Base: ControlChannel {
    public func broadcast(_ command: ControlCommand) async throws { try await base.broadcast(command) }

    public func ask(_ command: ControlCommand, timeout: Duration) async throws -> [ControlReply] {
        try await base.ask(command, timeout: timeout)
    }

    public func serve(
        as node: String, hearing hear: (@Sendable (_ clock: Int64) -> Void)?,
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (ControlCommand) async -> ControlResponse
    ) async throws {
        try await base.serve(as: node, hearing: hear, isListening: isListening, handle)
    }
}

extension FlakyBroker: EventChannel where Base: EventChannel {
    public func emit(_ events: [MonitorEvent]) async throws { try await base.emit(events) }

    public func receiveEvents(
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable ([MonitorEvent]) async -> Void
    ) async throws {
        try await base.receiveEvents(isListening: isListening, handle)
    }
}

extension FlakyBroker: WorkerOrderChannel where Base: WorkerOrderChannel {
    public func serveOrders(
        of worker: String, isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (WorkerOrder) async -> Void
    ) async throws {
        try await base.serveOrders(of: worker, isListening: isListening, handle)
    }
}
