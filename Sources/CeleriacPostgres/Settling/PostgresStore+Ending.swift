public import CeleriacCore
import PostgresClient
import StoreKit

extension PostgresStore: StateDerivingStore {
    /// Ends attempts; simultaneous calls of this method share their statements and a commit.
    public func complete(_ completions: [Completion]) async throws -> Set<Receipt> {
        guard !completions.isEmpty else { return [] }
        return try await end(completions.map(StoredCompletion.init))
    }

    /// - Returns: the receipts that were lost.
    func end(_ completions: [StoredCompletion]) async throws -> Set<Receipt> {
        guard !completions.isEmpty else { return [] }
        return try await ends.submit(completions) { [self] requests, deadline in await end(requests, within: deadline) }
            .get().lost
    }

    /// - Returns: the outcome of each request. A completion that breaks a statement fails alone.
    private func end(
        _ requests: [[StoredCompletion]], within deadline: Duration
    ) async -> [Result<EndReport, any Error>] {
        let end = time.uptime + deadline
        do {
            let all = requests.count == 1 ? requests[0] : requests.flatMap { $0 }
            guard requests.count == 1 || Set(all.map(\.receipt)).count == all.count else {
                // Two of them name one receipt, and only the first may have it.
                var results: [Result<EndReport, any Error>] = []
                for request in requests { results += await self.end([request], within: end - time.uptime) }
                return results
            }
            let report = try await endAll(all, within: deadline)
            return requests.map { request in
                .success(EndReport(lost: report.lost.isEmpty ? [] : report.lost.intersection(request.map(\.receipt))))
            }
        } catch {
            if requests.count == 1 { return [await endSingly(requests[0], after: error, until: end)] }
            return await inHalves(requests, after: error) { await self.end($0, within: end - time.uptime) }
        }
    }

    /// Ends the completions of one request in halves, so that only the one at fault is refused.
    private func endSingly(
        _ completions: [StoredCompletion], after error: any Error, until end: Duration
    ) async -> Result<EndReport, any Error> {
        guard let error = error as? BrokerError, (error.underlying as? PostgresError)?.blamesARow == true else {
            return .failure(error)
        }
        if completions.count == 1 {
            let part: CompletionRefusal.Reason.Part = completions[0].continuation.isEmpty ? .result : .continuation
            return .failure(
                CompletionRefusal(reasons: [completions[0].receipt: .init(part: part, error: error)]))
        }
        let middle = completions.count / 2
        let halves =
            await self.end(
                [Array(completions[..<middle])], within: end - time.uptime)
            + self.end([Array(completions[middle...])], within: end - time.uptime)
        return Self.joined(halves)
    }

    private static func joined(_ halves: [Result<EndReport, any Error>]) -> Result<EndReport, any Error> {
        var refusal = CompletionRefusal()
        for half in halves {
            switch half {
            case .success(let report): refusal.lost.formUnion(report.lost)
            case .failure(let other as CompletionRefusal):
                refusal.lost.formUnion(other.lost)
                refusal.reasons.merge(other.reasons) { $1 }
            case .failure(let error): return .failure(error)
            }
        }
        return refusal.reasons.isEmpty ? .success(EndReport(lost: refusal.lost)) : .failure(refusal)
    }

    // MARK: One round

    private func endAll(_ all: [StoredCompletion], within deadline: Duration) async throws -> EndReport {
        var seen: Set<Receipt> = []
        let completions = all.filter { seen.insert($0.receipt).inserted }
        let groups = EndGroups(completions)
        let mustTrim = !groups.buried.isEmpty
        let ended =
            mustTrim
            ? try await transaction(within: deadline) { try await $0.end(groups) }
            : try await repeating(within: deadline) { try await session(on: .durable).end(groups, within: $0) }
        announce(groups)
        var lost = Set(groups.receipts.filter { !ended.contains($0.message) })
        let again = completions.filter { lost.contains($0.receipt) }
        lost.formUnion(try await endComposite(groups.composite, within: deadline))
        // Of two of one receipt the second comes too late.
        if seen.count < all.count {
            var rest = Set(all.map(\.receipt))
            for receipt in all.map(\.receipt) where rest.remove(receipt) == nil { lost.insert(receipt) }
        }
        guard !again.isEmpty else { return EndReport(lost: lost) }
        // A lapsed lease still belongs to its holder if nobody has claimed the message since.
        let restored = try await restoreLeases(again.map(\.receipt))
        let standing = again.filter { restored.contains($0.receipt) }
        lost.subtract(standing.map(\.receipt))
        lost.formUnion(try await endComposite(standing, within: deadline))
        return EndReport(lost: lost)
    }

    /// - Returns: the receipts that were lost.
    private func endComposite(_ completions: [StoredCompletion], within deadline: Duration) async throws -> Set<Receipt>
    {
        guard !completions.isEmpty else { return [] }
        var ended = try await transaction(within: deadline) { try await $0.end(composite: completions) }
        let missing = completions.filter { !ended.contains($0.receipt.message) }
        if !missing.isEmpty {
            let restored = try await restoreLeases(missing.map(\.receipt))
            let standing = missing.filter { restored.contains($0.receipt) }
            if !standing.isEmpty {
                ended.formUnion(try await transaction(within: deadline) { try await $0.end(composite: standing) })
            }
        }
        announce(completions.filter { ended.contains($0.receipt.message) })
        return Set(completions.filter { !ended.contains($0.receipt.message) }.map(\.receipt))
    }

    /// Wakes the waiters of this process.
    private func announce(_ groups: EndGroups) {
        announce(groups.notices(at: time.now))
        var wakes = Wakes()
        for completion in groups.recorded { wakes.add(completion.change?.id ?? "") }
        wakeUps.ring(wakes)
    }

    func announce(_ completions: [StoredCompletion]) {
        var wakes = Wakes()
        var groups = EndGroups([])
        for completion in completions {
            groups.addSettlement(of: completion)
            for change in [completion.change].compactMap({ $0 }) + completion.failed { wakes.add(change.id) }
        }
        announce(groups.notices(at: time.now))
        announce(completions.flatMap(\.continuation))
        wakeUps.ring(wakes)
    }
}
