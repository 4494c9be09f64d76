/// Receiving messages.
extension AMQPChannel {
    /// Consumes a queue. Each delivery waits for its settlement; a delivery that is not settled when the channel ends
    /// goes back to the queue.
    ///
    /// - Parameters:
    ///   - prefetch: how many unsettled deliveries this consumer holds at most, 1 to 65,535. It cannot be changed later:
    ///     cancel, and consume again. On a quorum queue a place is free again only when the ack is on disk.
    ///   - tag: the consumer's name, unique on the channel; `nil` for one of the client's choice.
    ///   - isExclusive: whether to refuse other consumers of the queue (403).
    ///   - arguments: `x-priority`, ….
    /// - Throws: ``AMQPError``; with code `server` for an unknown queue (404) or one that is held exclusively (405).
    public func consume(
        _ queue: String, prefetch: Int, tag: String? = nil, isExclusive: Bool = false, arguments: AMQPTable = [:],
        deadline: Duration? = nil
    ) async throws -> AMQPConsumer {
        guard let prefetch = UInt16(exactly: prefetch), prefetch > 0 else {
            throw AMQPError(.invalid, "a prefetch of \(prefetch); 1 to 65535 are allowed")
        }
        return try await consume(
            BasicMethod.Consumption(
                queue: queue, consumerTag: tag ?? nextConsumerTag(), isExclusive: isExclusive, arguments: arguments),
            prefetch: prefetch, deadline)
    }

    /// Consumes a queue whose deliveries count as settled when the server has sent them (`noAck`). They are lost if this
    /// process ends before it has handled them.
    ///
    /// No prefetch limits the server. When 4,096 deliveries wait, the whole connection stops reading until some are
    /// taken, so use a connection of its own.
    public func consumeWithoutAcknowledgement(
        _ queue: String, tag: String? = nil, isExclusive: Bool = false, arguments: AMQPTable = [:],
        deadline: Duration? = nil
    ) async throws -> AMQPConsumer {
        try await consume(
            BasicMethod.Consumption(
                queue: queue, consumerTag: tag ?? nextConsumerTag(), noAck: true, isExclusive: isExclusive,
                arguments: arguments), prefetch: nil, deadline)
    }

    /// Fetches one message. Slow, above all on quorum queues: prefer ``consume(_:prefetch:tag:isExclusive:arguments:deadline:)``.
    ///
    /// - Parameter noAck: whether the message counts as settled when the server has sent it.
    /// - Returns: `nil` if no message is ready.
    public func get(_ queue: String, noAck: Bool = false, deadline: Duration? = nil) async throws -> AMQPDelivery? {
        switch try await answer(to: .ask(.basic(.get(queue: queue, noAck: noAck))), deadline) {
        case .delivery(let delivery): delivery
        case .method(.basic(.getEmpty)): nil
        case .method, .channel, .outcome, .outcomes: throw AMQPError.unexpectedAnswer
        }
    }

    private func consume(
        _ consumption: BasicMethod.Consumption, prefetch: UInt16?, _ deadline: Duration?
    ) async throws -> AMQPConsumer {
        let mailbox = Mailbox(capacity: prefetch.map { Int($0) + 1 } ?? Mailbox.usualCapacity)
        _ = try await answer(to: .consume(consumption, prefetch: prefetch, mailbox), deadline)
        return AMQPConsumer(self, consumption, mailbox)
    }
}

/// Settling. No answer comes, so these calls do not wait: they are sent in order, gathered with what else is sent.
///
/// Every call throws ``AMQPError`` with code `channelClosed`, `closed` or `unreachable` if the channel has ended: the
/// server has given the delivery to somebody else, and nothing is sent. Settle a delivery once; a second time is a 406
/// that closes the channel.
extension AMQPChannel {
    /// Tells the server that the delivery was handled.
    ///
    /// - Parameter isMultiple: whether all unsettled deliveries of the channel up to this one are meant.
    public func ack(_ delivery: AMQPDelivery, isMultiple: Bool = false) throws {
        try settle(delivery, .ack(tag: delivery.tag, isMultiple: isMultiple))
    }

    /// Refuses the delivery.
    ///
    /// - Parameters:
    ///   - isRequeued: whether it goes back to its queue; else it is dropped or dead-lettered.
    ///   - isMultiple: whether all unsettled deliveries of the channel up to this one are meant.
    public func nack(_ delivery: AMQPDelivery, isRequeued: Bool, isMultiple: Bool = false) throws {
        try settle(delivery, .nack(tag: delivery.tag, isMultiple: isMultiple, isRequeued: isRequeued))
    }

    /// Refuses the delivery, as ``nack(_:isRequeued:isMultiple:)`` does, by a method that every server of AMQP has.
    public func reject(_ delivery: AMQPDelivery, isRequeued: Bool) throws {
        try settle(delivery, .reject(tag: delivery.tag, isRequeued: isRequeued))
    }

    private func settle(_ delivery: AMQPDelivery, _ method: BasicMethod) throws {
        guard delivery.channel == key, delivery.needsSettlement else {
            throw AMQPError(.invalid, "delivery \(delivery.tag) is not one that this channel settles")
        }
        if let error = closure?.forUnsent(.channelClosed) {
            throw error.at("\(link.place): delivery \(delivery.tag) is not settled")
        }
        link.submit(.settle(key, method))
    }
}
