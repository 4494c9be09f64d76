#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

extension Envelope {
    /// A call of `tests.sample` without arguments.
    static func sample(_ id: TaskID, priority: CallPriority = .normal) -> Envelope {
        Envelope(
            headers: MessageHeaders(id: id, task: "tests.sample"), properties: Properties(priority: priority),
            body: Array("[[],{},\(String(decoding: Message.emptyEmbed, as: UTF8.self))]".utf8)
        )
    }

    /// The envelope that a retry publishes: the same call with one more failed attempt.
    var next: Envelope { with { $0.retries += 1 } }

    /// Retries that some brokers cannot store: headers too large for a frame of RabbitMQ, and headers nested too deeply
    /// for JSON that is read again.
    var unwieldy: [Envelope] {
        [
            next.with { $0.shadow = String(repeating: "x", count: 200_000) },
            next.with { $0.extra["deep"] = (0..<600).reduce(.null) { value, _ in .array([value]) } },
        ]
    }
}

extension Publication {
    static func sample(
        _ id: TaskID, to queue: QueueName = .default, priority: CallPriority = .normal, notBefore: Date? = nil,
        unique: UniqueClaim? = nil, atFront: Bool = false
    ) -> Publication {
        Publication(
            .sample(id, priority: priority), to: queue, notBefore: notBefore, unique: unique, atFront: atFront
        )
    }
}

extension UniqueClaim {
    static let untilDone = UniqueClaim(key: "report:7", span: .untilDone)
    static let untilStart = UniqueClaim(key: "report:7", span: .untilStart)
}

extension StateChange {
    static func sample(
        _ id: TaskID, _ state: TaskState, attempt: Int = 1, at time: ManualTime, expiresIn span: Duration? = nil
    ) -> StateChange {
        let now = time.now
        var change = StateChange(id: id, state: state, attempt: attempt, at: now, expires: span.map(now.adding))
        if state == .success { change.result = Array("7".utf8) }
        if state == .failure { change.failure = TaskFailure(type: "Oops", message: "it broke") }
        return change
    }
}
