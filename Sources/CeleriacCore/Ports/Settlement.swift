#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What the broker must do with a delivery that has ended.
public enum Settlement: Sendable, Hashable {
    /// Done: remove the message from the queue.
    case ack
    /// Give the message back without counting the delivery: visible at once to the next consumer, before its peers; or,
    /// with `notBefore`, from then on.
    case release(notBefore: Date? = nil)
    /// Replace the message with this envelope, which is not visible before `notBefore` (`nil` for at once). The
    /// delivery count restarts.
    case retry(Envelope, notBefore: Date?)
    /// Keep the message for people, with the reason, and remove it from the queue.
    case deadLetter(reason: String)
}

/// Everything that the end of one attempt changes, for a store that can change it in one transaction.
public struct Completion: Sendable {
    public var receipt: Receipt
    public var settlement: Settlement
    /// The state to record, if any.
    public var change: StateChange?
    /// What comes next: links, the next step of a chain. Published only if the settlement holds.
    public var continuation: [Publication]
    /// Whether the task itself asked to run again, by a retry that it threw, instead of failing: RQ's returned `Retry`.
    public var isAskedRetry: Bool
    /// The calls that will never run because this one has failed. Recorded only if the settlement holds.
    public var failed: [StateChange] = []
    /// The changes to chords, applied before the continuation is published and only if the settlement holds. Set only
    /// for a store that is a ``ChordStore``.
    public var chordSteps: [ChordStep] = []

    public init(
        receipt: Receipt, settlement: Settlement, change: StateChange? = nil, continuation: [Publication] = [],
        isAskedRetry: Bool = false
    ) {
        self.receipt = receipt
        self.settlement = settlement
        self.change = change
        self.continuation = continuation
        self.isAskedRetry = isAskedRetry
    }
}

/// Completions that a store could not write, each with its own reason. The other completions of the same request were
/// written.
///
/// A worker that receives this error fails those calls with the reason, so that they are not repeated.
public struct CompletionRefusal: Error, Sendable, CustomStringConvertible {
    /// Why a completion could not be written. Its delivery is still held. If the error is transient, the same completion
    /// may be tried again.
    public struct Reason: Sendable {
        /// What could not be written.
        public enum Part: Sendable, Hashable {
            /// A record of a result: no record of the call can be written, whatever its state.
            case result
            /// What comes next: the call can still be recorded as failed.
            case continuation
            /// The transaction in which the task has written: it was rolled back, and the call can be recorded as failed.
            case effect
        }

        public var part: Part
        public var error: BrokerError

        public init(part: Part, error: BrokerError) {
            self.part = part
            self.error = error
        }
    }

    public var reasons: [Receipt: Reason]
    /// The receipts among the other completions whose lease was lost.
    public var lost: Set<Receipt>

    public init(reasons: [Receipt: Reason] = [:], lost: Set<Receipt> = []) {
        self.reasons = reasons
        self.lost = lost
    }

    public var description: String {
        "\(reasons.count) completions could not be written: \(reasons.values.first.map { "\($0.error)" } ?? "")"
    }
}
