import CeleriacCanvas

/// Names the queue of this process in calls whose results the backend sends to their caller.
extension Publisher {
    /// The queue for the results of a call and of its callbacks; `nil` if nobody wants them, or if a backend keeps them.
    ///
    /// - Throws: `BrokerError` if the queue cannot be made; `CeleriacError` if the call can never be sent.
    func replyQueue(for call: UnsentCall) async throws -> String? {
        guard backend.replies != nil else { return nil }
        return try await replyQueue(for: [call])
    }

    func replyQueue(for calls: [UnsentCall]) async throws -> String? {
        guard let replies = backend.replies, calls.contains(where: wantsResult(_:)) else { return nil }
        // A call that is refused needs no queue.
        for call in calls { try refuseUnkept(unique: call.terms.unique, atFront: call.options.atFront) }
        return try await replies.replyQueue()
    }

    /// The queue for the results of a canvas; `nil` if nobody wants them, or if a backend keeps them.
    func replyQueue(for canvas: CanvasSignature) async throws -> String? {
        guard let replies = backend.replies, !options.ignoreResults || canvas.asksForResult else { return nil }
        return try await replies.replyQueue()
    }

    func wantsResult(_ options: CallOptions) -> Bool { !(options.ignoreResult ?? self.options.ignoreResults) }

    private func wantsResult(_ call: UnsentCall) -> Bool { wantsResult(call.options) || !call.links.isEmpty }
}
