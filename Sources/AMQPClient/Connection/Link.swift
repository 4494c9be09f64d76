import NIOCore
import Synchronization

/// The way from callers to the event loop of one connection.
///
/// Requests are appended to a queue under a lock. The first of them wakes the event loop, which then takes all requests
/// that have gathered and writes them in one flush.
final class Link: Sendable {
    /// A request of a caller. Requests are sent in the order in which they arrive.
    enum Request: Sendable {
        case call(Call)
        /// An ack, nack or reject.
        case settle(ChannelKey, BasicMethod)
        /// Closes a channel whose last user is gone.
        case abandon(ChannelKey)
        /// Cancels a consumer that nobody reads any longer, and gives back what it holds.
        case abandonConsumer(ChannelKey, tag: String, Mailbox)
    }

    private struct State {
        var waiting: [Request] = []
        var isWoken = false
        var isOver = false
    }

    let channel: any Channel
    /// The server's address, for texts.
    let place: String
    /// The end of the connection.
    let ending: Ending
    private let handler: NIOLoopBound<ConnectionHandler>
    private let blockedReason = Mutex<String?>(nil)
    private let state = Mutex(State())

    /// Must be created on the channel's event loop.
    init(_ channel: any Channel, _ handler: ConnectionHandler, place: String) {
        self.channel = channel
        self.place = place
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        ending = handler.ending
        handler.onBlocked = { [weak self] reason in self?.blockedReason.withLock { $0 = reason } }
        handler.onEnd = { [weak self] in self?.end() }
    }

    deinit { run { $0.close(.clientClosed) } }

    /// Why the server accepts no messages; `nil` if it does.
    var blocked: String? { blockedReason.withLock { $0 } }

    func submit(_ request: Request) {
        let (isWaking, isOver) = state.withLock { state in
            guard !state.isOver else { return (false, true) }
            state.waiting.append(request)
            defer { state.isWoken = true }
            return (!state.isWoken, false)
        }
        if isOver { refuse([request]) }
        if isWaking { run { [self] in $0.send(takeWaiting()) } }
    }

    func answer(to call: Call) async throws -> Call.Answer {
        do {
            return try await call.answer { submit(.call($0)) }
        } catch let error as AMQPError {
            throw error.at("\(place): \(call.request)")
        }
    }

    /// Runs `body` on the event loop, soon.
    func run(_ body: @escaping @Sendable (ConnectionHandler) -> Void) {
        channel.eventLoop.execute { [handler] in body(handler.value) }
    }

    private func takeWaiting() -> [Request] {
        state.withLock { state in
            state.isWoken = false
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    private func end() {
        refuse(
            state.withLock { state in
                state.isOver = true
                defer { state.waiting = [] }
                return state.waiting
            })
    }

    private func refuse(_ requests: [Request]) {
        let error = (ending.error ?? .closedByServer).forUnsent(.unreachable)
        for case .call(let call) in requests { call.fail(error) }
    }
}
