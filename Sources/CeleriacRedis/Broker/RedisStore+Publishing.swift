public import CeleriacCore
import Logging
import RESPClient
import RedisKit
import StoreKit

extension RedisStore {
    /// What is plain and for one list goes as LPUSH, all else by a script; either way all or nothing. A broadcast reaches
    /// whoever listens, and is sent after the rest.
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

    /// What is left of the deadline of the send under way; `nil` = all of it.
    var rest: Duration? { SendClock.rest(of: client.configuration.deadline) }

    /// To whoever listens to a fanout exchange now.
    func send(_ broadcast: RoutedBroadcast) async throws {
        _ = try await send(RESPCommand("PUBLISH", broadcast.channel, broadcast.raw), deadline: rest)
    }

    /// Publishes what is encoded already, together with what others publish at the same time.
    func publish(prepared messages: [PreparedMessage]) async throws -> PublishReport {
        try await publications.submit(messages, within: rest) { [self] requests, deadline in
            await publish(requests, deadline: deadline)
        }.get()
    }

    /// - Returns: what became of each request.
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
            // One of them is at fault, and nothing was done: the others need not suffer.
            var results: [Result<PublishReport, any Error>] = []
            for request in requests { results += await publish([request], deadline: due - .now) }
            return results
        }
    }

    /// - Returns: by position, the ids that hold the keys of those that were not taken.
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

    /// The one list that all of them go to, if a plain LPUSH is all that is needed.
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
            _ = try await send(push, deadline: deadline)
            return
        }
        let answers = try await send([push, RESPCommand("PUBLISH", list.hint, "")], deadline: deadline)
        if case .error(let error)? = answers.first {
            throw StoreError.translating(
                RESPError(.server, error.description, server: error), of: push, client.configuration)
        }
        // Where channels are forbidden there is nobody to be told.
        hints.reached(answers.last?.integer ?? 0, on: list.hint)
    }

    /// Most often it is one.
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

    /// Makes queues known as kombu does at a producer's first message, so that Python's tools see them.
    ///
    /// - Throws: ``BrokerError`` with code `refused` for a name that is taken here, before anything is written.
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
        // Where a table of bindings holds another kind of value, messages still reach the queue.
        for case .error(let error) in try await send(commands, deadline: deadline) {
            logger.warning(
                "A queue could not be made known to Python's tools",
                metadata: ["queues": "\(missing.map(\.rawValue))", "error": "\(error)"])
        }
        declared.add(missing)
    }
}
