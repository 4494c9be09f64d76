#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacPool

/// A call that a worker holds, described as Celery's workers do: `Request.info` of `celery/worker/request.py`. Pure.
struct RequestInfo: Sendable {
    let envelope: Envelope
    let queue: QueueName
    let node: String
    var startedAt: Date?
    /// The child process that it runs in; `nil` if it runs in the worker's own process.
    var pid: Int32?
    var isAcknowledged = false
    var isRedelivered = false

    /// Arguments of longer bodies are shown as truncated text, so that no answer takes long.
    private static let longestBody = 64 << 10

    init(_ attempt: Attempt, on node: String) {
        envelope = attempt.delivery.envelope
        queue = attempt.delivery.queue
        self.node = node
        startedAt = attempt.startedAt
        pid = attempt.pid
        isAcknowledged = attempt.isAcknowledged
        isRedelivered = attempt.delivery.deliveryCount.minimum > 1
    }

    init(_ message: QueuedMessage, on node: String) {
        envelope = message.envelope
        queue = message.queue
        self.node = node
    }

    /// - Parameter isSafe: whether arguments are shown as text, as in events.
    func json(isSafe: Bool = false, _ codec: any MessageCodec) -> JSONValue {
        let headers = envelope.headers
        let (args, kwargs) = arguments(isSafe: isSafe, codec)
        return [
            "id": .string(headers.id.rawValue), "name": .string(headers.shadow ?? headers.task.rawValue),
            "args": args, "kwargs": kwargs, "type": .string(headers.task.rawValue), "hostname": .string(node),
            "time_start": startedAt.map { .double($0.timeIntervalSince1970) } ?? .null,
            "acknowledged": .bool(isAcknowledged), "delivery_info": deliveryInfo,
            "worker_pid": startedAt == nil ? .null : .integer(Int64(pid ?? ThisProcess.pid)),
        ]
    }

    private var deliveryInfo: JSONValue {
        [
            "exchange": .string(envelope.properties.exchange ?? ""),
            "routing_key": .string(envelope.properties.routingKey ?? queue.rawValue),
            "priority": .integer(Int64(envelope.properties.priority?.rawValue ?? 0)),
            "redelivered": .bool(isRedelivered),
        ]
    }

    private func arguments(isSafe: Bool, _ codec: any MessageCodec) -> (args: JSONValue, kwargs: JSONValue) {
        if !isSafe, envelope.body.count <= Self.longestBody, let call = try? codec.decode(envelope).arguments,
            let args = try? JSONValue(parsing: call.argsJSON), let kwargs = try? JSONValue(parsing: call.kwargsJSON)
        {
            return (args, kwargs)
        }
        let text = CallText(of: envelope, codec)
        return (.string(text.args), .string(text.kwargs))
    }
}
