import CeleriacCore

/// What a ``FlakyBroker`` can be told to go wrong at.
public enum BrokerOperation: Sendable, Hashable, CaseIterable {
    /// The opening of a consumer.
    case consume
    /// ``Consumer/next(upTo:from:wait:)``.
    case claim
    case publish, settle, extendLeases, counts, purge
    /// Of brokers that are result backends too.
    case complete, record, readRecord, nextRecord, forget
    /// Of brokers that keep the beat's schedule too: all that reads it, all that changes entries, and the beat's step, whole
    /// or in its two parts.
    case readSchedule, changeSchedule, takeStep, claimStep, markStep
    /// Of stores that count the parts of chords.
    case takeChordSteps, claimChords, launchChord, readChord
}

/// How one call goes wrong.
public struct Fault: Sendable {
    enum Kind: Sendable {
        case failure(any Error)
        case failureAfterwards(any Error)
        case pause(Duration)
        case hang
        case lostLease
    }

    let kind: Kind

    /// The call does nothing and throws.
    public static func failure(_ error: any Error) -> Fault { Fault(kind: .failure(error)) }

    /// The call does what it should, and throws all the same: the answer was lost on its way.
    public static func failureAfterwards(_ error: any Error) -> Fault { Fault(kind: .failureAfterwards(error)) }

    /// The call waits, by the time source, before it does what it should.
    public static func pause(_ duration: Duration) -> Fault { Fault(kind: .pause(duration)) }

    /// The call does nothing, and answers only when it is cancelled.
    public static let hang = Fault(kind: .hang)

    /// The call does nothing, and reports all its receipts as lost. Of ``BrokerOperation/settle``,
    /// ``BrokerOperation/complete`` and ``BrokerOperation/extendLeases``; others are left alone.
    public static let lostLease = Fault(kind: .lostLease)

    /// What a cut connection does.
    public static let connectionLost = failure(BrokerError(.connectionLost, "cut by the test"))
}
