import NIOCore

/// The state of one channel, without I/O.
///
/// It opens, then answers arrive in the order of the requests, content arrives in pieces, publishes are confirmed, and
/// consumers receive deliveries. It ends when either side closes it: everything that is not answered then fails.
struct ChannelMachine {
    enum Phase { case opening, open, closing }

    /// A request without its answer yet. `nil` for one that the machine itself made.
    struct Awaited {
        let call: Call?
        let request: MethodID
    }

    struct Consumer {
        let mailbox: Mailbox
        let noAck: Bool
        /// Whether nobody wants its deliveries any longer.
        var isAbandoned = false
    }

    let key: ChannelKey
    private let largestBody: Int
    private(set) var phase = Phase.opening
    /// Whether the server accepts messages on this channel (`channel.flow`).
    private(set) var isFlowing = true
    private var awaited = CircularBuffer<Awaited>()
    private var confirms = Confirms()
    private var isConfirming = false
    private var content: (head: BasicMethod, assembly: ContentAssembly)?
    private var consumers: [String: Consumer] = [:]
    private var settled: [Confirms.Settled] = []

    init(_ key: ChannelKey, largestBody: Int) {
        self.key = key
        self.largestBody = largestBody
    }

    /// The calls that were written and have no answer or outcome yet.
    var unfinished: [Call] { awaited.compactMap(\.call) + confirms.unsettled }
}

// MARK: Requests

extension ChannelMachine {
    mutating func open(_ call: Call, _ output: inout Output) throws(AMQPViolation) {
        try output.write(.channel(.open), channel: key.number)
        awaited.append(Awaited(call: call, request: Method.channel(.open).id))
    }

    mutating func ask(_ method: Method, _ call: Call?, _ output: inout Output) throws(AMQPViolation) {
        try output.write(method, channel: key.number)
        awaited.append(Awaited(call: call, request: method.id))
    }

    mutating func consume(
        _ consumption: BasicMethod.Consumption, prefetch: UInt16?, into mailbox: Mailbox, _ call: Call,
        _ output: inout Output
    ) throws(AMQPViolation) {
        // What `basic.qos` says counts for consumers that start after it, so the two go out together.
        if let prefetch {
            let qos = BasicMethod.qos(prefetchSize: 0, prefetchCount: prefetch, isGlobal: false)
            try ask(.basic(qos), nil, &output)
        }
        try ask(.basic(.consume(consumption)), call, &output)
        consumers[consumption.consumerTag] = Consumer(mailbox: mailbox, noAck: consumption.noAck)
    }

    func has(consumer tag: String) -> Bool { consumers[tag] != nil }

    /// Cancels a consumer that nobody reads; what still arrives for it goes back to the queue.
    mutating func abandon(consumer tag: String, _ output: inout Output) throws(AMQPViolation) {
        guard consumers[tag] != nil else { return }
        consumers[tag]?.isAbandoned = true
        try output.write(.basic(.cancel(consumerTag: tag, noWait: true)), channel: key.number)
    }

    /// Writes a message; its confirm settles the call's message of this index. The first publish asks for confirms.
    mutating func publish(
        _ message: borrowing AMQPMessage, _ call: Call, index: Int, _ output: inout Output
    ) throws(AMQPViolation) {
        if !isConfirming {
            try ask(.confirm(.select(noWait: false)), nil, &output)
            isConfirming = true
        }
        try message.write(to: &output.bytes, channel: key.number, limit: output.limit)
        confirms.add(call, index: index)
    }

    /// Asks the server to close the channel. What was asked before is still answered; deliveries are dropped.
    mutating func close(_ call: Call?, _ output: inout Output) throws(AMQPViolation) {
        guard phase != .closing else { return }
        try ask(.channel(.close(Closing(code: 200, text: ""))), call, &output)
        phase = .closing
        for consumer in consumers.values { output.events.append(.consumerEnded(consumer.mailbox, nil)) }
        consumers = [:]
    }
}

// MARK: What the server sends

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
        switch method {
        case .deliver, .return, .getOk: content = (method, ContentAssembly(largestBody: largestBody))
        case .ack(let tag, let isMultiple): try settle(tag, isMultiple, isAck: true, &output)
        case .nack(let tag, let isMultiple, _): try settle(tag, isMultiple, isAck: false, &output)
        case .cancel(let tag, _): cancelled(tag, &output)
        default: try answered(.basic(method), &output)
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
        guard let head = content.take()?.head else { return }
        switch head {
        case .deliver(let consumer, let tag, let isRedelivered, let exchange, let routingKey):
            let head = AMQPDelivery.Head(
                tag: tag, isRedelivered: isRedelivered, exchange: exchange, routingKey: routingKey,
                noAck: consumers[consumer]?.noAck ?? true)
            try deliver(AMQPDelivery(head, whole, channel: key), to: consumer, &output)
        case .getOk(let tag, let isRedelivered, let exchange, let routingKey, let messages):
            let head = AMQPDelivery.Head(
                tag: tag, isRedelivered: isRedelivered, exchange: exchange, routingKey: routingKey,
                messagesLeft: Int(messages), noAck: awaited.first?.call?.hasNoAck ?? true)
            try answered(head.method, with: .delivery(AMQPDelivery(head, whole, channel: key)), &output)
        case .return(let code, let text, let exchange, let routingKey):
            let reason = AMQPServerError(code: code, text: text, method: "basic.publish")
            // A return that fits no open publish is one of a call that has ended; nobody waits for it.
            _ = confirms.returned(whole, exchange, routingKey, reason)
        default: break
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

    /// Sends a delivery that nobody wants back to its queue.
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
        case .basic(.cancelOk(let tag)):
            try answered(method.id, with: .method(method), &output)
            if let consumer = consumers.removeValue(forKey: tag) {
                output.events.append(.consumerEnded(consumer.mailbox, nil))
            }
        default: try answered(method.id, with: .method(method), &output)
        }
    }

    private mutating func answered(
        _ id: MethodID, with answer: Call.Answer, _ output: inout Output
    ) throws(AMQPViolation) {
        guard let first = awaited.first, id.answers(first.request) else { throw .unexpectedMethod(id) }
        awaited.removeFirst()
        if let call = first.call { output.events.append(.answered(call, answer)) }
    }
}

// MARK: The end

extension ChannelMachine {
    /// The server closes the channel. If this side asked for it at the same time, the number is free only after the
    /// answer to that.
    private mutating func closed(_ closing: Closing, _ output: inout Output) throws(AMQPViolation) -> Bool {
        try output.write(.channel(.closeOk), channel: key.number)
        guard phase != .closing else { return true }
        let server = AMQPServerError(closing)
        fail(AMQPError(.server, "\(server)", server: server), cause: closing.cause, lost: .channelLost, &output)
        return false
    }

    /// The server agreed to close the channel.
    private mutating func end(_ output: inout Output) -> Bool {
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
        for awaited in awaited {
            let isCause = awaited.request == cause
            if isCause { cause = nil }
            guard let call = awaited.call else { continue }
            output.events.append(.failed(call, isCause ? error : error.forUnanswered(lost)))
        }
        awaited.removeAll()
        failPublishes(error, isCause: cause == Self.publish, lost, &output)
        for consumer in consumers.values {
            output.events.append(.consumerEnded(consumer.mailbox, error.forUnanswered(lost)))
        }
        consumers = [:]
        output.events.append(.channelEnded(key, error))
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

extension MethodID {
    /// Whether this method is the answer to a request: the next number, with two exceptions.
    func answers(_ request: MethodID) -> Bool {
        guard classID == request.classID else { return false }
        let isUnbind = classID == Self.exchange && request.methodID == 40
        let isGet = classID == Self.basic && request.methodID == 70 && methodID == 72
        return isGet || methodID == request.methodID + (isUnbind ? 11 : 1)
    }
}

extension AMQPServerError {
    init(_ closing: Closing) {
        let cause = closing.cause == MethodID(0, 0) ? nil : "\(closing.cause)"
        self.init(code: closing.code, text: closing.text, method: cause)
    }
}

extension Call {
    /// Whether it asks for a message without the duty to settle it.
    var hasNoAck: Bool {
        if case .ask(.basic(.get(_, let noAck))) = request { noAck } else { false }
    }
}

extension AMQPDelivery.Head {
    /// The method that brought an answer to `basic.get`.
    var method: MethodID { MethodID(MethodID.basic, 71) }
}
