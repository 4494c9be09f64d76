#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What the broker must do with a delivery that has ended.
public enum Settlement: Sendable, Hashable {
    /// Done: take the message off the queue.
    case ack
    /// Give it back, the delivery not counted: visible at once to the next consumer, before its peers; or, with
    /// `notBefore`, from then on.
    case release(notBefore: Date? = nil)
    /// Put this envelope in its place, not visible before then (`nil` = at once). The delivery count starts anew.
    case retry(Envelope, notBefore: Date?)
    /// Keep it for people, with the reason; take it off the queue.
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
    /// The calls that will never run, since this one has failed. Recorded only if the settlement holds.
    public var failed: [StateChange] = []
    /// What becomes of chords, before the continuation is published. Taken only if the settlement holds, and only given to a
    /// store that is a ``ChordStore``.
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
