public import CeleriacCore
import Logging
import RESPClient
import RedisKit
import StoreKit

extension RedisStore {
    /// Sends plain messages for one list by LPUSH, and all others by a script. Both are all or nothing. Broadcasts are
    /// sent after the other messages, and reach only current listeners.
    @discardableResult
    public func publish(_ publications: [Publication]) async throws -> PublishReport {
        guard !publications.isEmpty else { return PublishReport() }
        return try await SendClock.counting(if: publications.contains { $0.envelope.exchange?.isEmpty == false }) {
            let routed = try await exchanges.route(publications, in: self)
            let report = routed.messages.isEmpty ? PublishReport() : try await publish(prepared: routed.messages)
            for broadcast in routed.broadcasts { try await send(broadcast) }
            return report
        }
    }

    /// What is left of the deadline of the send under way; `nil` for all of it.
    var rest: Duration? { SendClock.rest(of: client.configuration.deadline) }

    /// Sends to the current listeners of a fanout exchange.
    func send(_ broadcast: RoutedBroadcast) async throws {
        _ = try await send(RESPCommand("PUBLISH", broadcast.channel, broadcast.raw), deadline: rest)
    }

    /// Publishes encoded messages, together with those that others publish at the same time.
    func publish(prepared messages: [PreparedMessage]) async throws -> PublishReport {
        try await publications.submit(messages, within: rest) { [self] requests, deadline in
            await publish(requests, deadline: deadline)
        }.get()
    }

    /// Goes on if the current task is cancelled: it may publish for others, too.
    ///
    /// - Returns: the outcome of each request.
    private func publish(
        _ requests: [[PreparedMessage]], deadline: Duration
    ) async -> [Result<PublishReport, any Error>] {
        let messages = requests.count == 1 ? requests[0] : requests.flatMap { $0 }
        let due = ContinuousClock.now + deadline
        do {
            let queues = Self.queues(of: messages)
            try await declare(queues, deadline: deadline)
            let refused = try await push(messages, deadline: due - .now)
            wakeUps.ring(queues)
            return Self.reports(on: requests, refused)
        } catch {
            guard requests.count > 1, let error = error as? BrokerError, error.code == .refused else {
                return requests.map { _ in .failure(error) }
            }
            // One of the requests is at fault, and nothing was done: the others must not fail with it.
            var results: [Result<PublishReport, any Error>] = []
            for request in requests { results += await publish([request], deadline: due - .now) }
            return results
        }
    }

    /// - Returns: for each position that was refused, the id of the call that holds its unique key.
    private func push(_ messages: [PreparedMessage], deadline: Duration) async throws -> [Int: TaskID] {
        if let list = commonList(of: messages) {
            try await push(messages, onto: list, deadline: deadline)
            return [:]
        }
        var words: RESPWords = [messages.count]
        for message in messages { message.append(to: &words) }
        return try await run(Scripts.publish, words, deadline: deadline)
            .textsByIndex(below: messages.count, of: "PUBLISH").mapValues { TaskID($0) }
    }

    /// The one list that all of the messages go to, if a plain LPUSH is enough.
    private func commonList(of messages: [PreparedMessage]) -> (name: String, hint: String)? {
        guard let first = messages.first, messages.allSatisfy({ $0.isPlain }) else { return nil }
        let list = keys.list(first.queue, priority: first.priority)
        for message in messages.dropFirst() where message.queue != first.queue || message.priority != first.priority {
            guard keys.list(message.queue, priority: message.priority) == list else { return nil }
        }
        let isFirstStep = list == keys.list(first.queue, step: keys.steps.first ?? 0)
        return (list, keys.hint(isFirstStep ? .push : .wake, first.queue))
    }

    private func push(
        _ messages: [PreparedMessage], onto list: (name: String, hint: String), deadline: Duration
    ) async throws {
        var push = RESPCommand("LPUSH", list.name)
        push.reserveCapacity(messages.reduce(64) { $0 + $1.raw.count + 16 })
        for message in messages { push.append(message.raw) }
        guard hints.isWorthwhile(list.hint) else {
            _ = try await server.send(push, deadline: deadline, isShielded: true)
            return
        }
        let answers = try await server.send(
            [push, RESPCommand("PUBLISH", list.hint, "")], deadline: deadline, isShielded: true)
        if case .error(let error)? = answers.first {
            throw StoreError.translating(
                RESPError(.server, error.description, server: error), of: push, client.configuration)
        }
        // Where channels are forbidden, there are no listeners.
        hints.reached(answers.last?.integer ?? 0, on: list.hint)
    }

    /// The queues of the messages; usually there is one.
    private static func queues(of messages: [PreparedMessage]) -> Set<QueueName> {
        var queues: Set<QueueName> = []
        var last: QueueName?
        for message in messages where message.queue != last {
            queues.insert(message.queue)
            last = message.queue
        }
        return queues
    }

    private static func reports(
        on requests: [[PreparedMessage]], _ refused: [Int: TaskID]
    ) -> [Result<PublishReport, any Error>] {
        guard !refused.isEmpty else { return requests.map { _ in .success(PublishReport()) } }
        var position = 0
        return requests.map { messages in
            var report = PublishReport()
            for message in messages {
                if let holder = refused[position] { report.duplicates[message.id] = holder }
                position += 1
            }
            return .success(report)
        }
    }

    /// Registers queues as kombu does at a producer's first message, so that Python's tools see them.
    ///
    /// - Throws: ``BrokerError`` with code `refused` for a name that this store uses itself, before anything is
    ///   written.
    func declare(_ queues: Set<QueueName>, deadline: Duration) async throws {
        let missing = declared.missing(of: queues)
        guard !missing.isEmpty else { return }
        try check(missing)
        var commands: [RESPCommand] = []
        for queue in missing {
            let member = [queue.rawValue, "", queue.rawValue].joined(separator: keys.separator)
            commands.append(RESPCommand("SADD", keys.binding(queue.rawValue), member))
            commands.append(RESPCommand("SADD", keys.permanentBinding(queue.rawValue), member))
            commands.append(RESPCommand("SADD", keys.queues, queue.rawValue))
        }
        // If a table of bindings holds another kind of value, messages still reach the queue.
        for case .error(let error) in try await server.send(commands, deadline: deadline, isShielded: true) {
            logger.warning(
                "A queue could not be made known to Python's tools",
                metadata: ["queues": "\(missing.map(\.rawValue))", "error": "\(error)"])
        }
        declared.add(missing)
    }
}
