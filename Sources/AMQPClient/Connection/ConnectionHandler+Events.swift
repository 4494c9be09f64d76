import NIOCore

/// Carries out what the machine wants.
extension ConnectionHandler {
    /// Carries out the events, then writes what they and the requests have brought.
    func carryOut() {
        while case let events = machine.takeEvents(), !events.isEmpty {
            for event in events { carryOut(event) }
        }
        deliver()
        guard let context else { return }
        writeAndFlush(context)
        if machine.error != nil { context.close(promise: nil) }
    }

    private func carryOut(_ event: Event) {
        switch event {
        case .opened(let negotiated): open(.success(negotiated))
        case .answered(let call, let answer): finish(call, answer)
        case .settled(let settled): settled.call.settle(settled.index, settled.outcome)
        case .failed(let call, let error): call.fail(error)
        case .delivered(let mailbox, let delivery): gather(delivery, for: mailbox)
        case .consumerEnded(let mailbox, let error):
            deliver()
            mailbox.close(error)
        case .channelEnded(let key, let error): endings.removeValue(forKey: key)?.end(error)
        case .blocked(let reason): onBlocked?(reason)
        case .ended(let error): end(error)
        }
    }

    /// Hands an answer to its caller. If the caller has given up, what the answer brought is given back.
    private func finish(_ call: Call, _ answer: Call.Answer) {
        if case (.openChannel(let ending), .channel(let key)) = (call.request, answer) { endings[key] = ending }
        guard !call.finish(.success(answer)) else { return }
        switch (call.request, answer) {
        case (_, .delivery(let delivery)): machine.giveBack([delivery], on: delivery.channel)
        case (_, .channel(let key)): machine.abandon(key)
        case (.consume(let consumption, _, let mailbox), _):
            if let key = call.channel { abandon(consumption.consumerTag, mailbox, on: key) }
        default: break
        }
    }

    private func gather(_ delivery: AMQPDelivery, for mailbox: Mailbox) {
        if let last = deliveries.indices.last, deliveries[last].mailbox === mailbox {
            deliveries[last].items.append(delivery)
        } else {
            deliveries.append((mailbox, [delivery]))
        }
    }

    func deliver() {
        for (mailbox, items) in deliveries {
            switch mailbox.put(items) {
            case .taken: break
            case .full:
                fullMailboxes += 1
                machine.isPaused = true
            case .refused: if let key = items.first?.channel { machine.giveBack(items, on: key) }
            }
        }
        deliveries.removeAll(keepingCapacity: true)
    }

    private func open(_ result: Result<Negotiated, AMQPError>) {
        guard opened == nil else { return }
        opened = result
        switch result {
        case .success(let negotiated):
            opening?.succeed(negotiated)
            checkUp(ifDueBefore: machine.heartbeat.next)
        case .failure(let error): opening?.fail(error)
        }
        opening = nil
    }

    private func end(_ error: AMQPError) {
        timer?.cancel()
        ending.end(error)
        open(.failure(error))
        onBlocked?(nil)
        onEnd?()
        (onBlocked, onEnd) = (nil, nil)
    }
}
