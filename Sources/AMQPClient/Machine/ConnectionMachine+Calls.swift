import NIOCore

/// The requests of callers.
extension ConnectionMachine {
    /// Writes a call, unless it has finished meanwhile or cannot be sent. A call that cannot be sent fails at once.
    ///
    /// - Returns: whether nothing of it is left. Otherwise its other messages are to be sent once the bytes are taken, or
    ///   some messages of its channel are confirmed.
    mutating func send(_ call: Call) -> Bool {
        guard case .open = phase else {
            refuse(call, unsentError)
            return true
        }
        guard let place = call.claimForWriting() else { return true }
        earliestDue = min(earliestDue, call.due)
        do throws(AMQPViolation) {
            return try write(call, from: place)
        } catch {
            refuse(call, .invalid(error))
            return true
        }
    }

    private mutating func write(_ call: Call, from place: Int) throws(AMQPViolation) -> Bool {
        guard let index = index(of: call.channel) else {
            if case .openChannel = call.request { try openChannel(call) } else { refuse(call, .noChannel) }
            return true
        }
        switch call.request {
        case .openChannel: break
        case .closeChannel: try channels[index]?.close(call, &output)
        case .ask(let method): try channels[index]?.ask(method, call, &output)
        case .consume(let consumption, let prefetch, let mailbox):
            if channels[index]?.has(consumer: consumption.consumerTag) == true {
                refuse(call, AMQPError(.invalid, "the channel has a consumer of that tag already"))
            } else {
                try channels[index]?.consume(consumption, prefetch: prefetch, into: mailbox, call, &output)
            }
        case .publish(let message): return publish(call, upTo: 1, from: place, on: index) { _ in message }
        case .publishAll(let messages):
            return publish(call, upTo: messages.count, from: place, on: index) { messages[$0] }
        }
        return true
    }

    /// Writes messages, as many as the window and one write have room for.
    ///
    /// - Returns: whether none is left.
    private mutating func publish(
        _ call: Call, upTo end: Int, from first: Int, on index: Int, _ message: (Int) -> AMQPMessage
    ) -> Bool {
        for place in first..<end {
            let message = message(place)
            if let error = blockedError(index) {
                settle(call, place, error)
            } else if hasRoom(for: message.body.count, on: index) {
                publish(message, call, at: place, on: index)
            } else {
                call.pass(upTo: place)
                return false
            }
        }
        return true
    }

    private func hasRoom(for bytes: Int, on index: Int) -> Bool {
        output.bytes.readableBytes < Output.largestWrite
            && channels[index]?.confirms.haveRoom(for: bytes, in: window) != false
    }

    private mutating func publish(_ message: AMQPMessage, _ call: Call, at place: Int, on index: Int) {
        do throws(AMQPViolation) {
            try channels[index]?.publish(message, call, index: place, &output)
        } catch {
            settle(call, place, .invalid(error))
        }
    }

    private mutating func settle(_ call: Call, _ place: Int, _ error: AMQPError) {
        output.events.append(.settled(.init(call: call, index: place, outcome: .failure(error))))
    }

    private func blockedError(_ index: Int) -> AMQPError? {
        if let blockedReason {
            return AMQPError(.blocked, "the server accepts no messages (\(blockedReason)); try again later")
        }
        guard channels[index]?.isFlowing == false else { return nil }
        return AMQPError(.blocked, "the server has stopped the channel's flow; try again later")
    }

    private mutating func openChannel(_ call: Call) throws(AMQPViolation) {
        guard let number = freeNumber else {
            let reason = "all \(negotiated.channelMax) channels of the connection are open"
            return refuse(call, AMQPError(.invalid, reason))
        }
        generation += 1
        let key = ChannelKey(number: number, generation: generation)
        var channel = ChannelMachine(key, largestBody: configuration.largestBody)
        try channel.open(call, &output)
        if Int(number) == channels.count { channels.append(channel) } else { channels[Int(number)] = channel }
    }

    private var freeNumber: UInt16? {
        if let free = channels.indices.dropFirst().first(where: { channels[$0] == nil }) { return UInt16(free) }
        return channels.count <= Int(negotiated.channelMax) ? UInt16(channels.count) : nil
    }

    /// The place of a channel, unless it was closed meanwhile, or is being closed.
    private func index(of key: ChannelKey?) -> Int? {
        guard let key, Int(key.number) < channels.count, let channel = channels[Int(key.number)] else { return nil }
        return channel.key == key && channel.phase != .closing ? Int(key.number) : nil
    }

    private mutating func refuse(_ call: Call, _ error: AMQPError) { output.events.append(.failed(call, error)) }

    private var unsentError: AMQPError {
        switch phase {
        case .ended(let error): error.forUnsent(.unreachable)
        case .closing: .clientClosed
        case .greeting, .loggingIn, .opening, .open: AMQPError(.unreachable, "the connection is not open yet")
        }
    }
}

/// Requests without an answer.
extension ConnectionMachine {
    /// Writes an ack, nack or reject. Under a channel that has ended it goes nowhere.
    mutating func settle(_ method: BasicMethod, on key: ChannelKey) {
        guard index(of: key) != nil, case .open = phase else { return }
        unlessViolated { (machine) throws(AMQPViolation) in
            try machine.output.write(.basic(method), channel: key.number)
        }
    }

    /// Gives a message back whose caller no longer waits for it.
    mutating func giveBack(_ deliveries: [AMQPDelivery], on key: ChannelKey) {
        guard let index = index(of: key), case .open = phase else { return }
        unlessViolated { (machine) throws(AMQPViolation) in
            for delivery in deliveries { try machine.channels[index]?.giveBack(delivery, &machine.output) }
        }
    }

    /// Cancels a consumer whose caller no longer waits for it.
    mutating func abandon(consumer tag: String, on key: ChannelKey) {
        guard let index = index(of: key), case .open = phase else { return }
        unlessViolated { (machine) throws(AMQPViolation) in
            try machine.channels[index]?.abandon(consumer: tag, &machine.output)
        }
    }

    /// Closes a channel whose last user is gone.
    mutating func abandon(_ key: ChannelKey) {
        guard let index = index(of: key), case .open = phase else { return }
        unlessViolated { (machine) throws(AMQPViolation) in try machine.channels[index]?.close(nil, &machine.output) }
    }

    private mutating func unlessViolated(_ body: (inout Self) throws(AMQPViolation) -> Void) {
        do throws(AMQPViolation) { try body(&self) } catch { violated(error) }
    }
}

/// The work that becomes due with time.
extension ConnectionMachine {
    struct CheckUp {
        var expired: [Call] = []
        var isDead = false
        var next: NIODeadline
    }

    /// Finds the calls whose deadline has passed, sends a sign of life if one is due, and tells whether the peer is dead.
    mutating func checkUp(at now: NIODeadline) -> CheckUp {
        var checkUp = CheckUp(next: .distantFuture)
        if earliestDue <= now { expire(at: now, &checkUp) }
        if isPaused { heartbeat.received(at: now) }
        switch heartbeat.verdict(at: now) {
        case .fine: break
        case .beat: beat(at: now)
        case .dead: checkUp.isDead = true
        }
        checkUp.next = min(earliestDue, heartbeat.next)
        return checkUp
    }

    private mutating func expire(at now: NIODeadline, _ checkUp: inout CheckUp) {
        let calls = channels.flatMap { $0?.unfinished ?? [] }
        checkUp.expired = calls.filter { $0.due <= now }
        earliestDue = calls.lazy.map(\.due).filter { $0 > now }.min() ?? .distantFuture
    }

    private mutating func beat(at now: NIODeadline) {
        output.bytes.writeHeartbeat()
        heartbeat.sent(at: now)
    }
}

extension AMQPError {
    static let noChannel = AMQPError(.channelClosed, "the channel was closed before the call was sent")
}
