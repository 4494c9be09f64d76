public import CeleriacCore
import Synchronization
import CeleriacWire
import Foundation
import Logging

extension PostgresStore: ControlChannel {
    public func broadcast(_ command: ControlCommand) async throws {
        let request = ControlMessage.request(
            command, ticket: nil, replyKey: nil, clock: mailboxClock.forward(), expires: 0)
        try await send([(.command, request)])
    }

    public func ask(_ command: ControlCommand, timeout: Duration) async throws -> [ControlReply] {
        try await check()
        let ticket = TaskID.random().rawValue
        let deadline = time.uptime + timeout
        return try await mailroom.listening(to: [.reply(ticket: ticket)]) { arrivals in
            noticeBoard.listen(to: noticeBoard.channels.mail)
            return try await gather(arrivals, of: command, ticket, until: deadline)
        }
    }

    private func gather(
        _ arrivals: AsyncStream<Mailroom.Arrival>, of command: ControlCommand, _ ticket: String,
        until deadline: Duration
    ) async throws -> [ControlReply] {
        let replies = Replies()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [time] in try await time.sleep(untilUptime: deadline) }
            group.addTask { [self] in
                try await collect(arrivals, of: command, ticket, until: deadline, in: replies)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        return replies.all
    }

    /// Asks once notifications arrive, and collects the replies until all that are known to come have come.
    private func collect(
        _ arrivals: AsyncStream<Mailroom.Arrival>, of command: ControlCommand, _ ticket: String,
        until deadline: Duration,
        in replies: Replies
    ) async throws {
        var (hasAsked, nodes) = (false, Set<String>())
        for await arrival in arrivals {
            switch arrival {
            case .connected where !hasAsked:
                hasAsked = true
                try await send([(.command, request(command, ticket, until: deadline))])
            case .connected: break
            case .mail(_, let number):
                let more = try await self.replies(in: number)
                replies.add(more)
                nodes.formUnion(more.map(\.node))
                if let all = command.destination, !all.isEmpty, nodes.isSuperset(of: all) { return }
            }
        }
        try Task.checkCancellation()
    }

    private func request(_ command: ControlCommand, _ ticket: String, until deadline: Duration) -> AddressedMail {
        ControlMessage.request(
            command, ticket: ticket, replyKey: ticket, clock: mailboxClock.forward(),
            expires: time.now.adding(deadline - time.uptime).timeIntervalSince1970)
    }

    private func replies(in number: Int64) async throws -> [ControlReply] {
        guard let mail = try await mail(number) else { return [] }
        do { return try ControlMessage.decodeReply(mail, limits: Self.limits).1 } catch {
            logger.warning("A malformed control reply was passed over", metadata: ["error": "\(error)"])
            return []
        }
    }

    // MARK: Serving

    public func serve(
        as node: String, hearing hear: (@Sendable (_ clock: Int64) -> Void)?,
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (ControlCommand) async -> ControlResponse
    ) async throws {
        try await check()
        try await mailroom.listening(to: hear == nil ? [.command] : [.command, .worker]) { arrivals in
            noticeBoard.listen(to: noticeBoard.channels.mail)
            for await arrival in arrivals {
                switch arrival {
                case .connected: await isListening()
                case .mail(.worker, let number):
                    for event in try await events(in: number) where event.node != node { hear?(event.clock) }
                case .mail(_, let number): try await answer(number, as: node, hear, handle)
                }
            }
        }
        throw CancellationError()
    }

    private func answer(
        _ number: Int64, as node: String, _ hear: (@Sendable (_ clock: Int64) -> Void)?,
        _ handle: @Sendable (ControlCommand) async -> ControlResponse
    ) async throws {
        guard let mail = try await mail(number) else { return }
        let request: ControlRequest
        do { request = try ControlMessage.decodeRequest(mail, limits: Self.limits) } catch {
            logger.warning("A control message was not answered", metadata: ["node": "\(node)", "error": "\(error)"])
            return
        }
        if let clock = request.clock { hear?(clock) }
        guard request.command.isFor(node), case .reply(let value) = await handle(request.command) else { return }
        // A ticket is a part of a notification: only one of our own form is answered.
        guard let ticket = request.ticket, UUID(uuidString: ticket) != nil else { return }
        let reply = ControlMessage.reply(
            value, node: node, ticket: ticket, replyKey: ticket, clock: mailboxClock.forward())
        try await send([(.reply(ticket: ticket), reply)])
    }
}

/// What has been answered so far.
private final class Replies: Sendable {
    private let replies = Guarded<[ControlReply]>([])

    var all: [ControlReply] { replies.withLock { $0 } }
    func add(_ more: [ControlReply]) { replies.withLock { $0 += more } }
}
