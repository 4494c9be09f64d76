#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

extension Ledger {
    mutating func counts(of name: QueueName, _ now: Moment) -> QueueCounts {
        guard let queue = existingQueue(name) else { return QueueCounts() }
        refresh(queue, now)
        let state = queues[queue]
        return QueueCounts(
            ready: state.readyCount, delayed: state.delayedCount, leased: state.leasedCount,
            dead: deadLetters.count(in: name),
            oldestReady: queues[queue].oldestDue(calls).map { .span(now.wall - $0) }
        )
    }

    mutating func purge(_ name: QueueName, _ now: Moment) -> Int {
        guard let queue = existingQueue(name) else { return 0 }
        refresh(queue, now)
        let places = queues[queue].readyPlaces(calls) + queues[queue].delayedPlaces(calls)
        queues[queue].removeAllWaiting()
        for place in places {
            notifyWatchers(place.slot)
            end(place.slot)
        }
        return places.count
    }

    /// The first messages of a stage behind a key, each with its own key.
    mutating func messages(
        in name: QueueName, _ status: MessagePlace.Status, after last: ListKey?, limit: Int, _ now: Moment
    ) -> [(message: QueuedMessage, key: ListKey)] {
        if status == .dead { return deadMessages(in: name, after: last, limit: limit) }
        guard let queue = existingQueue(name) else { return [] }
        refresh(queue, now)
        let state = queues[queue]
        let slots: [Int32] =
            switch status {
            case .ready: state.readyPlaces(calls, after: last, limit: limit).map(\.slot)
            case .delayed: state.delayedPlaces(calls).map(\.slot)
            case .leased: state.leasedSlots(calls)
            case .dead: []
            }
        let keys = slots.map { (slot: $0, key: listKey(of: $0)) }.filter { $0.key.isBehind(last) }
        return keys.sorted { $0.key < $1.key }.prefix(limit)
            .compactMap { slot, key in message(in: slot).map { ($0, key) } }
    }

    private func deadMessages(
        in name: QueueName, after last: ListKey?, limit: Int
    ) -> [(message: QueuedMessage, key: ListKey)] {
        deadLetters.list(name, before: last?.order ?? .max, limit: limit)
            .map { (Self.message($0), ListKey(order: $0.order)) }
    }

    private func listKey(of slot: Int32) -> ListKey {
        let call = calls[slot]
        switch call.status {
        case .ready:
            let place = call.readyPlace(in: slot)
            return ListKey(lane: QueueState.lane(of: call.priority), instant: place.instant, order: place.order)
        case .delayed: return ListKey(instant: call.due, order: call.order)
        // By claim: a renewal changes the deadline, but not the token.
        case .leased, .absent: return ListKey(order: call.token)
        }
    }

    mutating func message(of id: TaskID, _ now: Moment) -> QueuedMessage? {
        guard let slot = calls.slot(of: id), calls[slot].envelope != nil else {
            return deadLetters[id].map(Self.message)
        }
        refresh(Int(calls[slot].queue), now)
        return message(in: slot)
    }

    mutating func position(of id: TaskID, _ now: Moment) -> Int? {
        guard let slot = calls.slot(of: id), calls[slot].envelope != nil else { return nil }
        let queue = Int(calls[slot].queue)
        refresh(queue, now)
        guard calls[slot].status == .ready else { return nil }
        return queues[queue].readyPlaces(calls).firstIndex { $0.slot == slot }
    }

    /// Removes a waiting message from its queue.
    mutating func remove(_ id: TaskID, _ now: Moment) -> Bool {
        guard let slot = calls.slot(of: id) else { return false }
        let queue = Int(calls[slot].queue)
        refresh(queue, now)
        let (status, priority) = (calls[slot].status, calls[slot].priority)
        guard status == .ready || status == .delayed else { return false }
        notifyWatchers(slot)
        end(slot)
        if status == .ready {
            queues[queue].forgetReady(priority: priority, calls)
        } else {
            queues[queue].forgetDelayed(calls)
        }
        return true
    }

    func message(in slot: Int32) -> QueuedMessage? {
        let call = calls[slot]
        guard let envelope = call.envelope, let status = call.status.asPlace else { return nil }
        return QueuedMessage(
            envelope: envelope, queue: queues[Int(call.queue)].name, status: status,
            notBefore: call.notBefore.map(Date.init(timeIntervalSinceReferenceDate:)),
            enqueuedAt: Date(timeIntervalSinceReferenceDate: call.enqueuedAt), deliveryCount: Int(call.deliveryCount)
        )
    }

    private static func message(_ entry: DeadLetters.Entry) -> QueuedMessage {
        QueuedMessage(
            envelope: entry.letter.envelope, queue: entry.letter.queue, status: .dead, notBefore: nil,
            enqueuedAt: Date(timeIntervalSinceReferenceDate: entry.enqueuedAt), deliveryCount: 0
        )
    }
}

extension Call.Status {
    fileprivate var asPlace: MessagePlace.Status? {
        switch self {
        case .absent: nil
        case .ready: .ready
        case .delayed: .delayed
        case .leased: .leased
        }
    }
}
