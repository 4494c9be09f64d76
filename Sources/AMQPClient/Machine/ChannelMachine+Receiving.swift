import NIOCore

/// The frames that the server sends.
extension ChannelMachine {
    /// - Returns: whether the channel still exists.
    mutating func received(_ method: Method, _ output: inout Output) throws(AMQPViolation) -> Bool {
        guard content == nil else { throw .unexpectedFrame(Frame.Kind.method.description) }
        switch method {
        case .channel(.close(let closing)): return try closed(closing, &output)
        case .channel(.closeOk):
            guard phase == .closing else { throw .unexpectedMethod(method.id) }
            return end(&output)
        case .channel(.flow(let isActive)):
            isFlowing = isActive
            try output.write(.channel(.flowOk(isActive: isActive)), channel: key.number)
        case .basic(let head): try received(head, &output)
        default: try answered(method, &output)
        }
        return true
    }

    private mutating func received(_ method: BasicMethod, _ output: inout Output) throws(AMQPViolation) {
        if let head = head(of: method) {
            content = (head, ContentAssembly(largestBody: largestBody))
            return
        }
        switch method {
        case .ack(let tag, let isMultiple): try settle(tag, isMultiple, isAck: true, &output)
        case .nack(let tag, let isMultiple, _): try settle(tag, isMultiple, isAck: false, &output)
        case .cancel(let tag, _): cancelled(tag, &output)
        default: try answered(.basic(method), &output)
        }
    }

    /// The head of the content that follows a method; `nil` if no content follows.
    private func head(of method: BasicMethod) -> ContentHead? {
        switch method {
        case .deliver(let consumerTag, let tag, let isRedelivered, let exchange, let routingKey):
            .deliver(
                consumerTag: consumerTag,
                AMQPDelivery.Head(
                    tag: tag, isRedelivered: isRedelivered, exchange: exchange, routingKey: routingKey,
                    noAck: consumers[consumerTag]?.noAck ?? true))
        case .getOk(let tag, let isRedelivered, let exchange, let routingKey, let messages):
            .get(
                Method.basic(method).id,
                AMQPDelivery.Head(
                    tag: tag, isRedelivered: isRedelivered, exchange: exchange, routingKey: routingKey,
                    messagesLeft: Int(messages),
                    noAck: awaited.first { $0.request == Self.get }?.call?.hasNoAck ?? true))
        case .return(let code, let text, let exchange, let routingKey):
            .returned(
                exchange: exchange, routingKey: routingKey,
                AMQPServerError(code: code, text: text, method: "basic.publish"))
        default: nil
        }
    }

    mutating func received(header payload: ByteBuffer, _ output: inout Output) throws(AMQPViolation) {
        guard content != nil else { throw .unexpectedFrame(Frame.Kind.header.description) }
        let header = try ContentHeader(from: payload)
        if let whole = try content?.assembly.take(header: header) { try completed(whole, &output) }
    }

    mutating func received(body payload: ByteBuffer, _ output: inout Output) throws(AMQPViolation) {
        guard content != nil else { throw .unexpectedFrame(Frame.Kind.body.description) }
        if let whole = try content?.assembly.take(body: payload) { try completed(whole, &output) }
    }

    private mutating func completed(_ whole: Content, _ output: inout Output) throws(AMQPViolation) {
        switch content.take()?.head {
        case .deliver(let tag, let head): try deliver(AMQPDelivery(head, whole, channel: key), to: tag, &output)
        case .get(let id, let head):
            try answered(id, with: .delivery(AMQPDelivery(head, whole, channel: key)), &output)
        case .returned(let exchange, let routingKey, let reason):
            // A return that matches no open publish belongs to a call that has ended.
            _ = confirms.returned(whole, exchange, routingKey, reason)
        case nil: break
        }
    }

    private func deliver(
        _ delivery: AMQPDelivery, to tag: String, _ output: inout Output
    ) throws(AMQPViolation) {
        guard let consumer = consumers[tag] else {
            if phase == .closing { return }
            throw .unexpectedMethod(MethodID(MethodID.basic, 60))
        }
        guard consumer.isAbandoned else { return output.events.append(.delivered(consumer.mailbox, delivery)) }
        try giveBack(delivery, &output)
    }

    /// Returns a delivery without a reader to its queue.
    func giveBack(_ delivery: AMQPDelivery, _ output: inout Output) throws(AMQPViolation) {
        guard delivery.needsSettlement, phase == .open else { return }
        try output.write(.basic(.reject(tag: delivery.tag, isRequeued: true)), channel: key.number)
    }

    private mutating func settle(
        _ tag: UInt64, _ isMultiple: Bool, isAck: Bool, _ output: inout Output
    ) throws(AMQPViolation) {
        try confirms.settle(tag, isMultiple: isMultiple, isAck: isAck, into: &settled)
        for settled in settled { output.events.append(.settled(settled)) }
        settled.removeAll(keepingCapacity: true)
    }

    private mutating func cancelled(_ tag: String, _ output: inout Output) {
        guard let consumer = consumers.removeValue(forKey: tag) else { return }
        let reason = "the server cancelled the consumer: its queue was deleted, or moved to another node"
        output.events.append(.consumerEnded(consumer.mailbox, AMQPError(.consumerCancelled, reason)))
    }

    private mutating func answered(_ method: Method, _ output: inout Output) throws(AMQPViolation) {
        switch method {
        case .channel(.openOk):
            try answered(method.id, with: .channel(key), &output)
            phase = .open
        case .basic(.consumeOk(let tag)): try answered(method.id, of: tag, with: .method(method), &output)
        case .basic(.cancelOk(let tag)):
            let request = try answered(method.id, of: tag, with: .method(method), &output)
            guard let mailbox = request.ends, consumers[tag]?.mailbox === mailbox else { return }
            consumers[tag] = nil
            output.events.append(.consumerEnded(mailbox, nil))
        default: try answered(method.id, with: .method(method), &output)
        }
    }

    /// Answers come in the order of the requests, except that those of queues may come later.
    ///
    /// - Returns: the request.
    @discardableResult
    private mutating func answered(
        _ id: MethodID, of tag: String? = nil, with answer: Call.Answer, _ output: inout Output
    ) throws(AMQPViolation) -> Awaited {
        let place = awaited.firstIndex { id.answers($0.request) && $0.consumerTag == tag }
        guard let place, awaited[..<place].allSatisfy(\.isOfQueue) else { throw .unexpectedMethod(id) }
        let request = awaited.remove(at: place)
        for call in request.calls { output.events.append(.answered(call, answer)) }
        return request
    }

    private static let get = MethodID(MethodID.basic, 70)
}

extension Call {
    /// Whether it asks for a message without the duty to settle it.
    var hasNoAck: Bool {
        if case .ask(.basic(.get(_, let noAck))) = request { noAck } else { false }
    }
}
