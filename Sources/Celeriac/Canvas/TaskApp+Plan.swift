#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire
import Synchronization

/// From the plan of a canvas to what a broker takes.
extension TaskApp {
    var canvasCodec: CanvasCodec { CanvasCodec(json: options.limits.json) }

    /// Where and when a canvas is sent: by the task that runs here, if one does.
    func canvasSurroundings() -> CanvasSurroundings {
        let sender = TaskContext.current?.headers
        return CanvasSurroundings(
            rootID: sender.map { $0.rootID ?? $0.id }, parentID: sender?.id,
            stamps: sender?.extra["stamps"]?.objectValue ?? [:], priorities: canvasPriorities, now: time.now)
    }

    /// What a signature's priority means on this broker's wire: with exchanges it is kombu's on Redis, which counts down.
    var canvasPriorities: CanvasSurroundings.Priorities { backend.exchanges == nil ? .highFirst : .lowFirst }

    /// What follows the end of a call, ready to be published with that end: through every middleware, but not sent.
    ///
    /// - Parameter serializer: the format of the call that they follow; `nil` = JSON.
    /// - Throws: `CeleriacError` as for a call that is sent; what a middleware throws.
    func publications(of plan: CanvasPlan, in serializer: Serializer?) async throws -> [Publication] {
        let messages = try messages(of: plan.calls, in: serializer)
        guard !options.middleware.isEmpty else { return try publications(of: messages, plan.calls) }
        let kept = Guarded<[Publication]>([])
        _ = try await wrapped(messages) { messages in
            let publications = try self.publications(of: messages, plan.calls)
            kept.withLock { $0 = publications }
            return PublishReport()
        }
        return kept.withLock { $0 }
    }

    /// - Parameter serializer: the format of those whose signature names none; `nil` = JSON.
    func messages(of calls: [CanvasCall], in serializer: Serializer?) throws -> [Message] {
        let latest = time.now.adding(options.limits.longestDelay)
        return try zip(calls, canvasCodec.messages(of: calls)).map { call, message in
            try checkName(message.task.rawValue, is: "task name")
            try checkName(message.id.rawValue, is: "task id")
            try checkThat(message.headers.eta, isBy: latest)
            var message = message
            message.headers.origin = Self.origin
            message.serializer = call.serializerName.flatMap(options.knownSerializers.serializer(named:)) ?? serializer
            message.route = router.route(for: call.routedTask, asked: message.route, queue: call.queue)
            return message
        }
    }

    /// Of those messages that a middleware has left, in its order.
    func publications(of messages: [Message], _ calls: [CanvasCall]) throws -> [Publication] {
        let byID = Dictionary(calls.map { ($0.id, $0) }) { first, _ in first }
        return try messages.compactMap { message in try byID[message.id].map { try publication(of: message, for: $0) } }
    }

    private func publication(of message: Message, for call: CanvasCall) throws -> Publication {
        let queue = try router.queue(for: call.routedTask, asked: call.queue)
        if message.route != nil { _ = try backend.require(.exchanges) }
        return Publication(try codec.encode(message), to: queue, notBefore: message.headers.eta)
    }
}
