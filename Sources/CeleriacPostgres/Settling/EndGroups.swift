import CeleriacCore
import Foundation
import PostgresClient
import StoreKit

/// What ending many deliveries has come to.
struct EndReport: Sendable {
    /// The receipts whose lease was lost; nothing was done for them.
    var lost: Set<Receipt> = []
}

/// Completions by the statement that carries them out.
struct EndGroups {
    /// Done, with a record: one statement turns message into record.
    var recorded: [StoredCompletion] = []
    var acknowledged: [StoredCompletion] = []
    var released: [StoredCompletion] = []
    var retried: [(completion: StoredCompletion, message: StoredMessage, notBefore: Date?)] = []
    var buried: [(completion: StoredCompletion, reason: String)] = []
    /// What needs more than one statement: each step depends on whether the lease still stood.
    var composite: [StoredCompletion] = []

    init(_ completions: [StoredCompletion]) {
        // In the order of calls, so that two transactions never wait for each other.
        for completion in completions.sorted(by: { $0.receipt.message < $1.receipt.message }) { add(completion) }
    }

    private mutating func add(_ completion: StoredCompletion) {
        guard completion.failed.isEmpty, completion.chordSteps.isEmpty, completion.continuation.isEmpty else {
            return composite.append(completion)
        }
        switch (completion.settlement, completion.change) {
        case (.ack, .some): recorded.append(completion)
        case (_, .some): composite.append(completion)
        default: addSettlement(of: completion)
        }
    }

    /// Adds only what becomes of the message.
    mutating func addSettlement(of completion: StoredCompletion) {
        switch completion.settlement {
        case .ack: acknowledged.append(completion)
        case .release: released.append(completion)
        case .retry(let message, let notBefore): retried.append((completion, message, notBefore))
        case .deadLetter(let reason): buried.append((completion, reason))
        }
    }

    /// The receipts of everything but the composite ones.
    var receipts: [Receipt] {
        (recorded + acknowledged + released + retried.map(\.completion) + buried.map(\.completion)).map(\.receipt)
    }

    // MARK: Statements

    /// The statements of everything but the composite ones. Each returns the calls that it has ended.
    func requests(_ store: PostgresStore) -> [Request] {
        var requests: [Request] = []
        if !recorded.isEmpty { requests.append(completing(store)) }
        if !acknowledged.isEmpty { requests.append(Request(.acknowledge, Self.keys(acknowledged))) }
        if !released.isEmpty { requests.append(releasing(store)) }
        if !retried.isEmpty { requests.append(retrying(store)) }
        if !buried.isEmpty {
            let reasons = PostgresValue.texts(buried.map { StoredText.column($0.reason) })
            requests.append(Request(.bury, Self.keys(buried.map(\.completion)) + [reasons]))
        }
        return requests
    }

    private static func keys(_ completions: [StoredCompletion]) -> [PostgresValue] {
        [.ints(completions.map(\.receipt.message)), .ints(completions.map(\.receipt.token))]
    }

    private func completing(_ store: PostgresStore) -> Request {
        let changes = recorded.compactMap(\.change)
        return Request(
            .complete, Self.keys(recorded) + [.texts(changes.map { StoredKey($0.id).key })] + changes.columns(store))
    }

    private func releasing(_ store: PostgresStore) -> Request {
        let dates = released.map { completion -> Date? in
            guard case .release(let notBefore) = completion.settlement else { return nil }
            return store.onServer(notBefore)
        }
        return Request(.release, Self.keys(released) + [.dates(dates)])
    }

    private func retrying(_ store: PostgresStore) -> Request {
        let messages = retried.map(\.message)
        return Request(
            .retry,
            Self.keys(retried.map(\.completion)) + [
                .dates(retried.map { store.onServer($0.notBefore) }), .int2s(messages.map { Place.rank($0.priority) }),
            ] + messages.columns)
    }

    // MARK: What others must hear

    /// The queues into which messages come back.
    func notices(at now: Date) -> [Notice] {
        var notices: [Notice] = []
        for completion in released { notices.append(Self.notice(completion.receipt.queue, completion.settlement, now)) }
        for (completion, _, _) in retried {
            notices.append(Self.notice(completion.receipt.queue, completion.settlement, now))
        }
        return notices
    }

    private static func notice(_ queue: QueueName, _ settlement: StoredSettlement, _ now: Date) -> Notice {
        let due: Date? =
            switch settlement {
            case .release(let notBefore), .retry(_, let notBefore): notBefore
            default: nil
            }
        return due.map { $0 > now } ?? false ? .delayed(queue) : .ready(queue, rank: 0)
    }
}

extension [StoredChange] {
    /// The thirteen columns of records.
    func columns(_ store: PostgresStore) -> [PostgresValue] {
        let records = map(\.change.record)
        return [
            .texts(records.map { StoredText.column($0.state.rawValue) }),
            .int4s(records.map { Int32(clamping: $0.attempt) }),
            .texts(records.map { $0.task.map { StoredText.column($0.rawValue) } }),
            .texts(records.map { $0.queue?.rawValue }), .texts(records.map { $0.worker.map(StoredText.column) }),
            .dates(records.map { $0.startedAt }), .dates(records.map { $0.at }),
            .dates(map { store.onServer($0.change.expires) }),
            .texts(records.map { $0.parentID.map { StoredText.column($0.rawValue) } }), .byteArrays(map(\.failure)),
            .byteArrays(records.map { $0.meta }), .byteArrays(records.map { $0.result }), .byteArrays(map(\.children)),
        ]
    }
}
