import AMQPClient
import CeleriacCore
import StoreKit
import Synchronization

/// A consumer of a ``RabbitMQStore``. The server pushes; claims are served from what has arrived.
final class RabbitMQConsumer: Consumer {
    private struct State {
        var subscriptions: [QueueName: Subscription] = [:]
        var tasks: [Task<Void, Never>] = []
        var capacity: Int
        var isClosed = false
        var keepers: [QueueName: Keeper] = [:]
    }

    let store: RabbitMQStore
    let held = Guarded(HeldBook())
    let losses: AsyncStream<Set<Receipt>>
    let sendsAhead = true
    private let lossReport: AsyncStream<Set<Receipt>>.Continuation
    private let state: Guarded<State>

    /// Whether the server is asked for as many deliveries as each claim may take, because no capacity was named.
    private let followsDemand: Bool
    private let buryUnreadable: (@Sendable (UnreadableMessage) async throws -> Void)?

    init(of store: RabbitMQStore, _ terms: ConsumerTerms) {
        self.store = store
        let capacity = terms.capacity
        buryUnreadable = terms.buryUnreadable
        (losses, lossReport) = AsyncStream.makeStream()
        followsDemand = capacity == .max
        state = Guarded(State(capacity: followsDemand ? 1 : capacity))
        state.withLock { $0.tasks.append(Task { await renew() }) }
        // Without a capacity, the first claim says how many deliveries are wanted.
        if !followsDemand { serve(terms.queues) }
    }

    // MARK: Claiming

    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery] {
        try Task.checkCancellation()
        serve(order)
        let subscriptions = subscriptions(order)
        for subscription in subscriptions {
            if followsDemand { subscription.demand(min(limit, store.options.boundedPrefetch)) }
            subscription.ask()
        }
        defer { for subscription in subscriptions { subscription.stopAsking() } }
        guard wait else { return try await look(upTo: limit, at: subscriptions) }
        var pause = Duration.milliseconds(20)
        return try await store.wakeUps.untilFound(order.map(WakeUps.Event.message), store.time) {
            let found = take(upTo: limit, from: subscriptions)
            guard found.isEmpty else { return .found(found) }
            if pause == .seconds(1) { lendCapacity(to: subscriptions) }
            defer { pause = .seconds(1) }
            return .nothing(pause: pause)
        }
    }

    /// Lets a queue that has used up its share have the whole capacity, since the others leave slots free. If they need
    /// theirs again, messages that no claim takes go back.
    private func lendCapacity(to subscriptions: [Subscription]) {
        guard !followsDemand, subscriptions.count > 1 else { return }
        let capacity = min(65_535, state.withLock { $0.capacity })
        for subscription in subscriptions where subscription.isFull { subscription.resize(to: capacity) }
    }

    /// Hands out messages that have arrived.
    private func take(upTo limit: Int, from subscriptions: [Subscription]) -> [Delivery] {
        var deliveries: [Delivery] = []
        for subscription in subscriptions where deliveries.count < limit {
            let arrivals = subscription.take(upTo: limit - deliveries.count)
            guard !arrivals.isEmpty else { continue }
            let now = store.time.uptime
            held.withLock { held in
                for arrival in arrivals {
                    deliveries.append(
                        Delivery(
                            receipt: held.add(arrival, of: subscription.queue, at: now), envelope: arrival.envelope,
                            deliveryCount: arrival.count, leaseDeadline: nil))
                }
            }
        }
        return deliveries
    }

    /// Claims without waiting for a publication, but for messages that the server has sent already, or will at once.
    private func look(upTo limit: Int, at subscriptions: [Subscription]) async throws -> [Delivery] {
        for subscription in subscriptions { try await subscription.hasBegun.wait() }
        var (isFirst, patience) = (true, 10)
        let due = ContinuousClock.now + store.configuration.deadline
        let events = subscriptions.map { WakeUps.Event.message($0.queue) }
        // The server's messages travel in real time, whatever the store's clock says.
        return try await store.wakeUps.untilFound(events, SystemTime()) {
            let found = take(upTo: limit, from: subscriptions)
            guard found.isEmpty, patience > 0, ContinuousClock.now < due else { return .found(found) }
            // A message that is ready now is sent in the next moment; one that was sent before has nearly arrived.
            if !isFirst {
                let open = subscriptions.filter { !$0.isFull }.map(\.queue)
                if try await store.readyCount(of: open) == 0 { patience -= 1 }
            }
            isFirst = false
            return .nothing(pause: .milliseconds(5))
        }
    }

    func subscription(of queue: QueueName) -> Subscription? { state.withLock { $0.subscriptions[queue] } }

    private func subscriptions(_ order: [QueueName]) -> [Subscription] {
        state.withLock { state in order.compactMap { state.subscriptions[$0] } }
    }

    // MARK: Queues and capacity

    /// Begins to consume the queues that are not consumed yet.
    private func serve(_ queues: [QueueName]) {
        let share = state.withLock { state -> Int? in
            let new = Set(queues).subtracting(state.subscriptions.keys)
            guard !state.isClosed, !new.isEmpty else { return nil }
            let share = Self.share(of: state.capacity, state.subscriptions.count + new.count)
            for queue in queues where new.contains(queue) && state.subscriptions[queue] == nil {
                let subscription = Subscription(
                    queue, of: store, share: share, buryUnreadable: buryUnreadable
                ) { [weak self] in self?.lose($0) }
                state.subscriptions[queue] = subscription
                state.tasks.append(Task { await subscription.run() })
            }
            return share
        }
        if let share, !followsDemand { resizeAll(to: share) }
    }

    func resize(to capacity: Int) {
        resizeAll(
            to: state.withLock { state in
                state.capacity = capacity
                return Self.share(of: state.capacity, state.subscriptions.count)
            })
    }

    private func resizeAll(to share: Int) {
        let all = state.withLock { Array($0.subscriptions.values) }
        for subscription in all { subscription.resize(to: share) }
    }

    /// Each queue gets an equal share of the capacity, at least one and at most what the protocol can say.
    private static func share(of capacity: Int, _ queues: Int) -> Int {
        min(65_535, max(1, capacity / max(1, queues)))
    }

    // MARK: Leases

    /// The lease of a delivery is its channel, so nothing has to be extended.
    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        held.withLock { held in Set(receipts.filter { !held.holds($0) }) }
    }

    func lose(_ session: Session) {
        let lost = held.withLock { $0.takeAll(of: session) }
        if !lost.isEmpty { lossReport.yield(lost) }
    }

    /// Renews deliveries before the server takes them back.
    private func renew() async {
        let limit = max(.seconds(1), store.options.consumerTimeout)
        while (try? await Task.sleep(for: limit / 20)) != nil {
            let latest = store.time.uptime - limit * 4 / 5
            for held in held.withLock({ $0.olderThan(latest) }) { await keeper(of: held.receipt.queue).keep(held) }
        }
    }

    private func replace(_ receipt: Receipt, by delivery: AMQPDelivery, of session: Session) -> Held? {
        let now = store.time.uptime
        return held.withLock { $0.replace(receipt, by: delivery, of: session, at: now) }
    }

    private func keeper(of queue: QueueName) -> Keeper {
        state.withLock { state in
            if let keeper = state.keepers[queue] { return keeper }
            let keeper = Keeper(
                queue, of: store, replace: { [weak self] in self?.replace($0, by: $1, of: $2) },
                onLoss: { [weak self] in self?.lose($0) })
            state.keepers[queue] = keeper
            return keeper
        }
    }

    /// Gives back everything that is not settled.
    func close() async {
        let (tasks, keepers) = state.withLock { state in
            state.isClosed = true
            defer { state.keepers = [:] }
            return (state.tasks, Array(state.keepers.values))
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        for keeper in keepers { await keeper.close() }
        lossReport.finish()
    }
}
