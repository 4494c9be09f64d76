import NIOCore

/// A channel that is logged in; usable from any thread.
final class RESPConnection: Sendable {
    let channel: any Channel
    /// For lone calls; `nil` if only the event loop may use the socket.
    let line: DirectLine?
    private let handler: NIOLoopBound<ConnectionHandler>

    /// Must be created on the channel's event loop.
    init(_ channel: any Channel, _ handler: ConnectionHandler) {
        self.channel = channel
        line = handler.openLine(of: channel)
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    var isActive: Bool { channel.isActive }

    /// Runs `body` on the event loop, soon.
    func run(_ body: @escaping @Sendable (ConnectionHandler) -> Void) {
        channel.eventLoop.execute { [handler] in body(handler.value) }
    }

    func answer(to payload: Call.Payload, due: NIODeadline) async throws -> Call.Answer {
        try await Call(payload, due: due).answer { call in run { $0.write([call]) } }
    }

    func answers(to commands: [RESPCommand], due: NIODeadline) async throws -> [RESPValue] {
        guard case .several(let answers) = try await answer(to: .several(commands), due: due) else { return [] }
        return answers
    }

    func close(_ reason: RESPError) {
        run { $0.close(reason) }
    }

    func waitUntilClosed() async {
        // An error of the close itself does not matter: the channel is gone.
        _ = try? await channel.closeFuture.get()
    }
}
