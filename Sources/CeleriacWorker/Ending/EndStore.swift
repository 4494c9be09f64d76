/// Writes ends: the one place that knows whether broker and result backend are one store.
///
/// ```
/// one store    complete: settle, record, publish what follows, in one transaction
/// two stores   results first ---> what follows is published ---> settle
/// ```
struct EndStore: Sendable {
    let app: TaskApp
    private let consumer: OpenConsumer
    /// `nil` if broker and results are two stores.
    private let completion: (any CompletionStore)?

    init(_ app: TaskApp, _ consumer: OpenConsumer) {
        self.app = app
        self.consumer = consumer
        completion = app.backend.completion
    }

    /// Writes the ends of attempts.
    ///
    /// - Returns: the receipts whose lease was lost.
    /// - Throws: ``CompletionRefusal`` for ends that cannot be written, once the others are; otherwise `BrokerError`.
    func write(_ endings: [Ending]) async throws -> Set<Receipt> {
        var refusal = CompletionRefusal()
        var lost: Set<Receipt> = []
        let endings = await writeEffects(endings, &lost, &refusal)
        try await writeAcknowledged(endings, &refusal)
        let due = endings.filter { $0.settlement != nil }
        lost.formUnion(try await write(due, &refusal))
        guard !refusal.reasons.isEmpty else { return lost }
        refusal.lost = lost
        throw refusal
    }

    /// Acknowledges deliveries that are about to run.
    ///
    /// - Returns: the receipts whose lease was lost.
    func acknowledge(_ receipts: [Receipt]) async throws -> Set<Receipt> {
        try await settle(receipts.map { ($0, .ack) })
    }

    /// Ends a due chord, and publishes the calls that follow it.
    ///
    /// - Returns: whether the claim of the chord still held.
    func launch(_ launch: ChordLaunch, in chords: any ChordStore) async throws -> Bool {
        if completion != nil {
            let isOurs = try await chords.launch(launch)
            if isOurs { await app.publisher.announce(launch.publications) }
            return isOurs
        }
        // Two stores: a crash between them publishes again, under the same ids.
        try await app.publisher.publish(launch.publications)
        var rest = launch
        rest.publications = []
        return try await chords.launch(rest)
    }

    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        try await consumer.settle(settlements)
    }

    // MARK: Detail

    private func write(_ due: [Ending], _ refusal: inout CompletionRefusal) async throws -> Set<Receipt> {
        guard !due.isEmpty else { return [] }
        guard let completion else { return try await writeApart(due, &refusal) }
        return try await complete(due, in: completion, &refusal)
    }

    private func complete(
        _ due: [Ending], in store: any CompletionStore, _ refusal: inout CompletionRefusal
    ) async throws -> Set<Receipt> {
        var lost: Set<Receipt>
        do { lost = try await store.complete(due.compactMap(Completion.init)) } catch let error as CompletionRefusal {
            lost = error.lost
            refusal.reasons.merge(error.reasons) { $1 }
        }
        for ending in due {
            guard let next = ending.next, !lost.contains(ending.receipt), refusal.reasons[ending.receipt] == nil
            else { continue }
            await app.publisher.announce(next.publications)
        }
        return lost
    }
}
