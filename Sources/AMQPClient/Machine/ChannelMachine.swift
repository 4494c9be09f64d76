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
        /// The consumer that the request begins or cancels; `nil` for every other request.
        var consumerTag: String?
        /// The mailbox of the consumer that the answer ends.
        var ends: Mailbox?
        /// Calls that asked for the same meanwhile, and get the same answer.
        var others: [Call] = []

        /// Whether the queue itself answers. RabbitMQ's answers of the channel to later requests may overtake it: so does
        /// that to the cancel of a consumer that has ended.
        var isOfQueue: Bool { consumerTag != nil }

        var calls: [Call] { (call.map { [$0] } ?? []) + others }
    }

    struct Consumer {
        let mailbox: Mailbox
        let noAck: Bool
        /// Whether its reader is gone, so that its deliveries go back to the queue.
        var isAbandoned = false
    }

    let key: ChannelKey
    let largestBody: Int
    var phase = Phase.opening
    /// Whether the server accepts messages on this channel (`channel.flow`).
    var isFlowing = true
    var awaited = CircularBuffer<Awaited>()
    var confirms = Confirms()
    var isConfirming = false
    var content: (head: ContentHead, assembly: ContentAssembly)?
    var consumers: [String: Consumer] = [:]
    var settled: [Confirms.Settled] = []

    init(_ key: ChannelKey, largestBody: Int) {
        self.key = key
        self.largestBody = largestBody
    }

    /// The calls that were written and have no answer or outcome yet.
    var unfinished: [Call] { awaited.flatMap(\.calls) + confirms.unsettled }
}

/// The requests of callers.
extension ChannelMachine {
    mutating func open(_ call: Call, _ output: inout Output) throws(AMQPViolation) {
        try output.write(.channel(.open), channel: key.number)
        awaited.append(Awaited(call: call, request: Method.channel(.open).id))
    }

    mutating func ask(_ method: Method, _ call: Call?, _ output: inout Output) throws(AMQPViolation) {
        let tag = method.consumerTag
        var ends: Mailbox?
        if case .basic(.cancel) = method { ends = tag.flatMap { consumers[$0]?.mailbox } }
        if let ends, let first = awaited.firstIndex(where: { $0.ends === ends }) {
            // RabbitMQ's channel answers a further cancel at once, but the queue answers the first one, after deliveries
            // that are still on their way. They would find no consumer.
            if let call { awaited[first].others.append(call) }
            return
        }
        try output.write(method, channel: key.number)
        awaited.append(Awaited(call: call, request: method.id, consumerTag: tag, ends: ends))
    }

    mutating func consume(
        _ consumption: BasicMethod.Consumption, prefetch: UInt16?, into mailbox: Mailbox, _ call: Call,
        _ output: inout Output
    ) throws(AMQPViolation) {
        // `basic.qos` only applies to consumers that start later, so both are sent together.
        if let prefetch {
            let qos = BasicMethod.qos(prefetchSize: 0, prefetchCount: prefetch, isGlobal: false)
            try ask(.basic(qos), nil, &output)
        }
        try ask(.basic(.consume(consumption)), call, &output)
        consumers[consumption.consumerTag] = Consumer(mailbox: mailbox, noAck: consumption.noAck)
    }

    func has(consumer tag: String) -> Bool { consumers[tag] != nil }

    /// Cancels a consumer whose reader is gone. Deliveries that still arrive for it go back to the queue.
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
        confirms.add(call, index: index, bytes: message.body.count)
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

extension Method {
    /// The tag of a request that is answered with it.
    fileprivate var consumerTag: String? {
        switch self {
        case .basic(.consume(let consumption)): consumption.consumerTag
        case .basic(.cancel(let tag, _)): tag
        default: nil
        }
    }
}
