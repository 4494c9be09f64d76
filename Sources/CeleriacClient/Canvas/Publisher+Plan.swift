#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire

/// Makes publications from the plan of a canvas.
extension Publisher {
    /// The context in which a canvas is sent: the running task, if there is one, and the current time.
    package func canvasSurroundings() -> CanvasSurroundings {
        let sender = CurrentSender.value?.headers
        return CanvasSurroundings(
            rootID: sender.map { $0.rootID ?? $0.id }, parentID: sender?.id,
            stamps: sender?.extra["stamps"]?.objectValue ?? [:], now: time.now)
    }

    /// Makes the publications that follow the end of a call. A store publishes them together with that end.
    ///
    /// - Parameter serializer: the format of the call that they follow; `nil` for JSON.
    /// - Throws: `CeleriacError` as for sending a call; any error of a middleware.
    package func plan(_ canvas: CanvasPlan, in serializer: Serializer?) async throws -> [Publication] {
        try await plan(outgoing(canvas.calls, in: serializer))
    }

    /// - Parameter serializer: the format of calls whose signature names none; `nil` for JSON.
    func outgoing(_ calls: [CanvasCall], in serializer: Serializer?) throws -> [OutgoingCall] {
        let latest = time.now.adding(options.limits.longestDelay)
        return try zip(calls, canvasCodec.messages(of: calls)).map { call, message in
            try checkName(message.task.rawValue, is: "task name")
            try checkName(message.id.rawValue, is: "task id")
            try checkThat(message.headers.eta, isBy: latest)
            var message = message
            message.headers.origin = Self.origin
            message.serializer = call.serializerName.flatMap(options.knownSerializers.serializer(named:)) ?? serializer
            message.route = router.route(for: call.routedTask, asked: message.route, queue: call.queue)
            return OutgoingCall(message: message, routedTask: call.routedTask, queue: call.queue)
        }
    }
}
