import NIOCore
import Synchronization

/// A channel of a connection: an order of calls of its own, with its own confirms, consumers and deliveries.
///
/// A call that the server refuses (an unknown queue, other arguments) closes its channel, and no other one. Everything
/// open on the channel then fails, and its deliveries go back to their queues. Use a channel of its own for calls that
/// may be refused. A channel that nobody holds any longer is closed.
public final class AMQPChannel: Sendable {
    let link: Link
    let key: ChannelKey
    private let ending: Ending
    private let deadline: Duration
    private let consumers = Mutex(0)

    init(_ link: Link, _ key: ChannelKey, _ ending: Ending, deadline: Duration) {
        self.link = link
        self.key = key
        self.ending = ending
        self.deadline = deadline
    }

    deinit { if closure == nil { link.submit(.abandon(key)) } }

    /// The number of the channel on its connection, which is used again after the channel has ended.
    public var number: Int { Int(key.number) }

    /// Why the channel ended; `nil` while it is open. Code `closed` after ``close(deadline:)``, `server` if the server
    /// refused a call, else the code of the connection's end.
    public var closure: AMQPError? { ending.error }

    /// Waits for the end of the channel, and returns its reason.
    ///
    /// - Throws: `CancellationError` if cancelled.
    public func waitUntilClosed() async throws -> AMQPError { try await ending.wait() }

    /// Closes the channel. What was asked before is still answered; unsettled deliveries go back to their queues.
    ///
    /// Does nothing if the channel is closed already.
    public func close(deadline: Duration? = nil) async throws {
        guard closure == nil else { return }
        do {
            _ = try await answer(to: .closeChannel, deadline)
        } catch let error as AMQPError where error.code == .channelClosed || closure != nil {
            return
        }
    }

    /// A name for a consumer that this channel has not used.
    func nextConsumerTag() -> String {
        consumers.withLock { count in
            count += 1
            return "c\(count)"
        }
    }

    func answer(to request: Call.Request, _ deadline: Duration?) async throws -> Call.Answer {
        if let error = closure?.forUnsent(.channelClosed) { throw error.at("\(link.place): \(request)") }
        return try await link.answer(to: Call(request, on: key, due: .after(deadline ?? self.deadline)))
    }

    /// Sends a method and returns its answer.
    func ask(_ method: Method, _ deadline: Duration?) async throws -> Method {
        guard case .method(let answer) = try await answer(to: .ask(method), deadline) else {
            throw AMQPError.unexpectedAnswer
        }
        return answer
    }
}
