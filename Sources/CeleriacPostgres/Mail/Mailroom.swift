import CeleriacCore
import Synchronization

/// The kind of a mail: the first word of its notification.
///
/// ```
/// command NUMBER      to all nodes
/// reply:TICKET NUMBER to the one who asked
/// worker NUMBER       events about workers
/// task NUMBER         events about tasks
/// ```
enum MailKind: Hashable, Sendable {
    case command
    case reply(ticket: String)
    case worker
    case task

    init?(_ word: Substring) {
        switch word {
        case "command": self = .command
        case "worker": self = .worker
        case "task": self = .task
        default:
            guard word.hasPrefix("reply:") else { return nil }
            self = .reply(ticket: String(word.dropFirst(6)))
        }
    }

    var word: String {
        switch self {
        case .command: "command"
        case .reply(let ticket): "reply:\(ticket)"
        case .worker: "worker"
        case .task: "task"
        }
    }
}

/// The listeners of this process, each with the kinds of mail that it wants.
final class Mailroom: Sendable {
    /// What a listener hears.
    enum Arrival: Sendable {
        /// Notifications arrive from now on.
        case connected
        case mail(MailKind, number: Int64)
    }

    private struct Listener {
        let wants: Set<MailKind>
        let arrivals: AsyncStream<Arrival>.Continuation
    }

    private struct State {
        var listeners: [Int64: Listener] = [:]
        var last: Int64 = 0
        var isConnected = false
    }

    /// A listener that falls this far behind loses the oldest.
    private static let backlog = 10_000
    private let state = Guarded(State())

    /// Hears these kinds while `body` runs.
    func listening<Value>(
        to wants: Set<MailKind>, _ body: (AsyncStream<Arrival>) async throws -> Value
    ) async throws -> Value {
        let (stream, arrivals) = AsyncStream.makeStream(
            of: Arrival.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let number = state.withLock { state in
            state.last += 1
            state.listeners[state.last] = Listener(wants: wants, arrivals: arrivals)
            return state.last
        }
        if state.withLock({ $0.isConnected }) { arrivals.yield(.connected) }
        defer { state.withLock { $0.listeners.removeValue(forKey: number) }?.arrivals.finish() }
        return try await body(stream)
    }

    func change(isConnected: Bool) {
        let told = state.withLock { state in
            state.isConnected = isConnected
            return isConnected ? state.listeners.values.map(\.arrivals) : []
        }
        for arrivals in told { arrivals.yield(.connected) }
    }

    /// - Parameter payload: of a notification of the channel `mail`.
    func arrive(_ payload: String) {
        let words = payload.split(separator: " ")
        guard words.count == 2, let kind = MailKind(words[0]), let number = Int64(words[1]) else { return }
        let concerned = state.withLock { state in
            state.listeners.values.filter { $0.wants.contains(kind) }.map(\.arrivals)
        }
        for arrivals in concerned { arrivals.yield(.mail(kind, number: number)) }
    }
}
