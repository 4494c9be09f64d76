/// The end of a channel, from either side.
extension ChannelMachine {
    /// The server closes the channel. If this side asked for it at the same time, the number is free only after the
    /// answer to that.
    mutating func closed(_ closing: Closing, _ output: inout Output) throws(AMQPViolation) -> Bool {
        try output.write(.channel(.closeOk), channel: key.number)
        guard phase != .closing else { return true }
        let server = AMQPServerError(closing)
        fail(AMQPError(.server, "\(server)", server: server), cause: closing.cause, lost: .channelLost, &output)
        return false
    }

    /// The server agreed to close the channel.
    mutating func end(_ output: inout Output) -> Bool {
        let closing = awaited.last?.call
        if awaited.last != nil { awaited.removeLast() }
        fail(.channelClosedByClient, cause: MethodID(0, 0), lost: .channelLost, &output)
        if let closing { output.events.append(.answered(closing, .method(.channel(.closeOk)))) }
        return false
    }

    /// Fails everything that is not answered. The call that was the cause gets the error itself.
    ///
    /// - Parameter lost: the code for the other calls if the server closed.
    mutating func fail(_ error: AMQPError, cause: MethodID, lost: AMQPError.Code, _ output: inout Output) {
        var cause: MethodID? = cause
        // First, so that a caller whose call has failed finds the channel closed.
        output.events.append(.channelEnded(key, error))
        for awaited in awaited {
            let isCause = awaited.request == cause
            if isCause { cause = nil }
            for call in awaited.calls {
                output.events.append(.failed(call, isCause ? error : error.forUnanswered(lost)))
            }
        }
        awaited.removeAll()
        failPublishes(error, isCause: cause == Self.publish, lost, &output)
        for consumer in consumers.values {
            output.events.append(.consumerEnded(consumer.mailbox, error.forUnanswered(lost)))
        }
        consumers = [:]
    }

    /// A single open publish is the cause for certain; among several it is unknown which one was.
    private mutating func failPublishes(
        _ error: AMQPError, isCause: Bool, _ lost: AMQPError.Code, _ output: inout Output
    ) {
        let open = confirms.abandon()
        let failure = isCause && open.count == 1 ? error : error.forUnanswered(lost)
        for (call, index) in open {
            output.events.append(.settled(.init(call: call, index: index, outcome: .failure(failure))))
        }
    }

    private static let publish = MethodID(MethodID.basic, 40)
}

extension AMQPServerError {
    init(_ closing: Closing) {
        let cause = closing.cause == MethodID(0, 0) ? nil : "\(closing.cause)"
        self.init(code: closing.code, text: closing.text, method: cause)
    }
}
