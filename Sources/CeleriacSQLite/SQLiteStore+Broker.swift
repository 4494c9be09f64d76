public import CeleriacCore
import Foundation
import GRDB
import StoreKit

extension SQLiteStore: QueueCounter {
    public var traits: BrokerTraits { BrokerTraits() }

    @discardableResult
    public func publish(_ publications: [Publication]) async throws -> PublishReport {
        guard !publications.isEmpty else { return PublishReport() }
        let stored = publications.map(StoredPublication.init)
        return try await writer.perform(rows: stored.count) { try $0.publish(stored) }
    }

    public func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        let consumer = SQLiteConsumer(of: self, lease: terms.lease)
        let value: Value
        do {
            value = try await body(consumer)
        } catch {
            await consumer.closeAfterFailure()
            throw error
        }
        try await consumer.close()
        return value
    }

    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        guard !settlements.isEmpty else { return [] }
        let stored = settlements.map { ($0.0, StoredSettlement($0.1)) }
        return try await writer.perform(rows: stored.count) { transaction in
            var lost: Set<Receipt> = []
            for (receipt, settlement) in stored where try !transaction.settle(receipt, settlement) {
                lost.insert(receipt)
            }
            return lost
        }
    }

    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        guard !receipts.isEmpty else { return [] }
        return try await writer.perform(rows: receipts.count, isDurable: false, isUrgent: true) { transaction in
            var lost: Set<Receipt> = []
            for receipt in receipts where try !transaction.extend(receipt, by: duration) { lost.insert(receipt) }
            return lost
        }
    }

    public func counts(of queue: QueueName) async throws -> QueueCounts {
        let moment = moment
        return try await inspect { try $0.counts(of: queue, at: moment) }
    }

    public func purge(_ queue: QueueName) async throws -> Int {
        let last = try await writer.perform { try $0.lastCall() }
        var purged = 0
        while true {
            // Deletes in batches so that a purge of a million messages blocks nobody; messages that are published
            // meanwhile stay.
            let part = try await writer.perform(rows: 1_000) { try $0.purge(queue, upTo: 1_000, notAfter: last) }
            purged += part
            if part < 1_000 { return purged }
        }
    }

    public func run() async throws {
        do {
            while true {
                do { try await tidy() } catch let error as BrokerError where error.isTransient {}
                try await time.sleep(for: .seconds(.random(in: 4...6)))
            }
        } catch is CancellationError {}
    }

    private func tidy() async throws {
        while try await writer.perform(rows: 1_000, { try $0.deleteExpired(upTo: 1_000) }) {
            try Task.checkCancellation()
        }
        try await writer.perform(isDurable: false) { try $0.sweepLapsed() }
    }

    /// The current instant, by which reads see what is due, lapsed or expired.
    var moment: Moment { Moment(now: time.now, uptime: time.uptime, boot: writer.boot) }
}
