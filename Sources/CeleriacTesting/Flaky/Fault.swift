public import CeleriacCore

/// The operations of a ``FlakyBroker`` into which faults can be injected.
public enum BrokerOperation: Sendable, Hashable, CaseIterable {
    /// Opening a consumer.
    case consume
    /// ``Consumer/next(upTo:from:wait:)``.
    case claim
    case publish, settle, extendLeases, counts, purge
    /// Operations of brokers that are also result backends.
    case complete, record, readRecord, nextRecord, forget
    /// Operations of brokers that also keep the beat's schedule: everything that reads it, everything that changes
    /// entries, and the beat's step, as a whole or in its two parts.
    case readSchedule, changeSchedule, takeStep, claimStep, markStep
    /// Operations of stores that count the parts of chords.
    case takeChordSteps, claimChords, launchChord, readChord
}

/// The way in which a call fails.
public struct Fault: Sendable {
    enum Kind: Sendable {
        case failure(any Error)
        case failureAfterwards(any Error)
        case pause(Duration)
        case hang
        case lostLease
        case refusedRetries(BrokerError)
    }

    let kind: Kind

    /// The call has no effect and throws.
    public static func failure(_ error: any Error) -> Fault { Fault(kind: .failure(error)) }

    /// The call has its effect, but throws: the answer was lost on its way.
    public static func failureAfterwards(_ error: any Error) -> Fault { Fault(kind: .failureAfterwards(error)) }

    /// The call waits, on the clock of the broker, before it has its effect.
    public static func pause(_ duration: Duration) -> Fault { Fault(kind: .pause(duration)) }

    /// The call has no effect, and ends only when it is cancelled.
    public static let hang = Fault(kind: .hang)

    /// The call has no effect, and reports all its receipts as lost. Applies to ``BrokerOperation/settle``,
    /// ``BrokerOperation/complete`` and ``BrokerOperation/extendLeases``; other operations run normally.
    public static let lostLease = Fault(kind: .lostLease)

    /// The call carries out everything but retries, and refuses these with the error, as a broker does that cannot store
    /// their messages. Applies to ``BrokerOperation/settle``, and waits for a call that has retries.
    public static func refusedRetries(_ error: BrokerError) -> Fault { Fault(kind: .refusedRetries(error)) }

    var needsRetries: Bool {
        if case .refusedRetries = kind { true } else { false }
    }

    /// The error of a connection that was cut.
    public static let connectionLost = failure(BrokerError(.connectionLost, "cut by the test"))
}
