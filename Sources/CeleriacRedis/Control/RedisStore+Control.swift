#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore
import CeleriacWire
import Logging
import RESPClient
import RedisKit

/// Celery's mailbox: commands use the channel of the exchange `celery.pidbox`, replies go to a list for each question.
///
/// Source: `kombu/pidbox.py`, `kombu/transport/redis.py` (5.7).
extension RedisStore: ControlChannel {
    public func broadcast(_ command: ControlCommand) async throws {
        try await publish(
            ControlMessage.request(command, ticket: nil, replyKey: nil, clock: mailboxClock.forward(), expires: 0))
    }

    public func ask(_ command: ControlCommand, timeout: Duration) async throws -> [ControlReply] {
        let question = ControlQuestion(command, asking: self)
        let deadline = time.uptime + timeout
        _ = try await run(Scripts.openReplies, keys: question.keys, question.opening)
        do {
            try await publish(
                ControlMessage.request(
                    command, ticket: question.ticket, replyKey: question.replyKey, clock: mailboxClock.forward(),
                    expires: time.now.adding(timeout).timeIntervalSince1970))
            let replies = try await gather(question, until: deadline)
            try await close(question)
            return replies
        } catch {
            await closeAfterFailure(question)
            throw error
        }
    }

    public func serve(
        as node: String, hearing hear: (@Sendable (_ clock: Int64) -> Void)?,
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (ControlCommand) async -> ControlResponse
    ) async throws {
        let channel = keys.channel(ControlMessage.exchange)
        // Uses the connection of the commands, so following the clocks of other workers needs no further connection.
        let patterns = hear == nil ? [] : [keys.channel(EventMessage.exchange).escapedPattern + "/worker.*"]
        try await subscribe(channels: [channel], patterns: patterns, isListening: isListening) { [self] messages in
            for message in messages {
                if message.channel == channel {
                    await answer(message.payload, as: node, hear, handle)
                } else {
                    listen(to: message.payload, as: node, hear)
                }
            }
        }
    }

    /// The clock part of Celery's gossip. Source: `celery/worker/consumer/gossip.py`.
    private func listen(to raw: [UInt8], as node: String, _ hear: (@Sendable (_ clock: Int64) -> Void)?) {
        do {
            let events = try EventMessage.decode(Mail(kombuText: raw, limits: Self.limits), limits: Self.limits)
            for event in events where event.node != node { hear?(event.clock) }
        } catch {
            logger.debug("A malformed event was passed over", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Answering

    private func answer(
        _ raw: [UInt8], as node: String, _ hear: (@Sendable (_ clock: Int64) -> Void)?,
        _ handle: @Sendable (ControlCommand) async -> ControlResponse
    ) async {
        do {
            let request = try ControlMessage.decodeRequest(
                Mail(kombuText: raw, limits: Self.limits), limits: Self.limits)
            if let clock = request.clock { hear?(clock) }
            guard request.command.isFor(node) else { return }
            guard case .reply(let value) = await handle(request.command) else { return }
            guard let key = request.replyKey, let ticket = request.ticket else { return }
            let reply = ControlMessage.reply(
                value, node: node, ticket: ticket, replyKey: key, clock: mailboxClock.forward())
            try await send(reply, to: request.replyExchange, key)
        } catch {
            logger.warning("A control message was not answered", metadata: ["node": "\(node)", "error": "\(error)"])
        }
    }

    /// Sends only to reply queues: a sender of commands must not be able to write into other queues, or make them
    /// expire.
    private func send(_ reply: AddressedMail, to exchange: String?, _ key: String) async throws {
        let usual = ControlMessage.replyExchange
        guard exchange == nil || exchange == usual else {
            throw CeleriacError(
                .malformedMessage,
                "a reply through the exchange \"\(exchange?.prefix(60) ?? "")\" was requested; replies only go through \(usual)"
            )
        }
        _ = try await run(
            Scripts.reply, keys: [keys.binding(usual)],
            [key, keys.separator, keys.prefix, reply.kombuText, ".\(usual)"])
    }

    // MARK: Asking

    private func publish(_ request: AddressedMail) async throws {
        _ = try await send(RESPCommand("PUBLISH", keys.channel(ControlMessage.exchange), request.kombuText))
    }

    private func gather(_ question: ControlQuestion, until deadline: Duration) async throws -> [ControlReply] {
        var replies: [ControlReply] = []
        while !question.isAnswered(by: replies), deadline > time.uptime {
            // Virtual time does not pass on the server, so the server is asked often.
            let wait = hasInjectedTime ? .milliseconds(20) : deadline - time.uptime
            guard let raw = try await pop(question.queue, atMost: wait) else { continue }
            do {
                let (ticket, more) = try ControlMessage.decodeReply(
                    Mail(kombuText: raw, limits: Self.limits), limits: Self.limits)
                if ticket == nil || ticket == question.ticket { replies += more }
            } catch {
                logger.warning("A malformed control reply was passed over", metadata: ["error": "\(error)"])
            }
        }
        return replies
    }

    private func pop(_ list: String, atMost wait: Duration) async throws -> [UInt8]? {
        // Zero would mean to wait forever.
        let wait = max(wait, .milliseconds(1))
        let command = RESPCommand("BRPOP", list, String(wait.seconds))
        do {
            return try await client.block(command, timeout: wait).elements?.last?.bytes
        } catch {
            throw StoreError.translating(error, client.configuration)
        }
    }

    private func close(_ question: ControlQuestion) async throws {
        _ = try await run(Scripts.closeReplies, keys: question.keys, [question.member])
    }

    /// Deletes the list of replies. An error is only logged, because the caller has an earlier one to throw; the list
    /// expires by itself.
    private func closeAfterFailure(_ question: ControlQuestion) async {
        do { try await close(question) } catch {
            logger.debug("A list of replies was not deleted; it expires", metadata: ["error": "\(error)"])
        }
    }
}

/// One question with its own reply queue, named like kombu's `OID.reply.celery.pidbox` and bound by its routing key.
struct ControlQuestion: Sendable {
    let command: ControlCommand
    let ticket = TaskID.random().rawValue
    let replyKey = TaskID.random().rawValue
    /// The list of replies.
    let queue: String
    /// The table of the binding, the table of deadlines of such tables, and the list.
    let keys: [String]
    /// The member in the table of the binding.
    let member: String

    init(_ command: ControlCommand, asking store: RedisStore) {
        self.command = command
        let name = "\(replyKey).\(ControlMessage.replyExchange)"
        queue = store.keys.prefix + name
        keys = [store.keys.binding(ControlMessage.replyExchange), store.keys.bindingDeadlines, queue]
        member = [replyKey, "", name].joined(separator: store.keys.separator)
    }

    /// The ARGV of ``Scripts/openReplies``.
    var opening: RESPWords { [member, ControlMessage.replyExchange, Self.bindingSpan] }

    /// Whether all workers of the destination have answered; `false` without a destination.
    func isAnswered(by replies: [ControlReply]) -> Bool {
        guard let destination = command.destination, !destination.isEmpty else { return false }
        return Set(destination).isSubset(of: replies.map(\.node))
    }

    /// In milliseconds: kombu's minimum (`MIN_BINDING_TTL`).
    private static let bindingSpan = 3_600_000
}

extension RedisKeys {
    /// ZSET exchange -> when the bindings of its expiring queues may be deleted, in milliseconds. Kombu's, since 5.7.
    var bindingDeadlines: String { "\(prefix)_kombu.binding_deadlines" }
}
