#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The end of one attempt: everything that the stores, events, hooks and counts need to know about it.
///
/// ``EndingMaker`` makes it, in one place; ``Settler`` carries it out.
final class Ending: Sendable {
    let attempt: Attempt
    let execution: Execution
    let verdict: Verdict
    /// The state to record; `nil` if none is kept.
    let record: StateChange?
    /// The publications and records that follow the call; `nil` if nothing follows.
    let next: Next?
    /// The events to send once the end is settled.
    let notices: [TaskNotice]
    /// When the attempt ended.
    let date: Date
    /// Whether the delivery was acknowledged before it ran.
    let isAcknowledged: Bool
    /// Whether it replaces an ending that could not be written.
    let isSubstitute: Bool

    init(
        of attempt: Attempt, _ execution: Execution, _ verdict: Verdict, record: StateChange?, next: Next?,
        notices: [TaskNotice], at date: Date, isSubstitute: Bool = false
    ) {
        self.attempt = attempt
        self.execution = execution
        self.verdict = verdict
        self.record = record
        self.next = next
        self.notices = notices
        self.date = date
        self.isSubstitute = isSubstitute
        isAcknowledged = attempt.isAcknowledged
    }

    /// The publications and records that are written with the end of a call.
    struct Next: Sendable {
        var publications: [Publication] = []
        /// Failures of the calls that will never run.
        var failed: [StateChange] = []
        /// The chord parts that the call reports, and the chords that it opens.
        var chordSteps: [ChordStep] = []
    }
}

extension Ending {
    var receipt: Receipt { attempt.delivery.receipt }

    /// The settlement of the delivery; `nil` if another worker holds it, or if it was acknowledged before it ran.
    var settlement: Settlement? { isAcknowledged ? nil : verdict.settlement }

    /// The next attempt of a call that was acknowledged before it ran: a new message, sent straight to its queue.
    var repetition: Publication? {
        guard isAcknowledged, case .retry(let envelope, let then) = verdict.settlement else { return nil }
        return Publication(envelope.straight, to: attempt.delivery.queue, notBefore: then)
    }

    /// Whether the delivery goes back to the broker before its task was prepared.
    var isUnstarted: Bool {
        guard case .givenBack(until: nil) = verdict else { return false }
        return execution.context == nil && attempt.startedAt == nil
    }

    /// Whether it reports a part of a chord.
    var reportsPart: Bool {
        next?.chordSteps.contains { if case .part = $0 { true } else { false } } ?? false
    }
}

extension Completion {
    /// An ending for a store that is broker and result backend in one; `nil` if there is nothing to settle.
    init?(_ ending: Ending) {
        guard let settlement = ending.settlement else { return nil }
        self.init(
            receipt: ending.receipt, settlement: settlement, change: ending.record,
            continuation: ending.next?.publications ?? [], isAskedRetry: ending.verdict.isAskedRetry)
        guard let next = ending.next else { return }
        failed = next.failed
        chordSteps = next.chordSteps
    }
}

extension Envelope {
    /// The same call without its exchange, which may lead to other queues too.
    fileprivate var straight: Envelope {
        guard properties.exchange != nil else { return self }
        var properties = properties
        properties.exchange = nil
        properties.routingKey = nil
        return Envelope(headers: headers, properties: properties, body: body)
    }
}
