import CeleriacPool

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The result of an attempt: what the broker must do, and what is recorded.
/// ``Verdict/init(on:of:under:messageRetries:now:using:)`` is the only place where an outcome becomes a verdict.
///
/// Each case holds only what belongs to it, so that no verdict contradicts itself.
enum Verdict: Sendable {
    /// The call has succeeded, with this result: JSON text.
    case done([UInt8])
    /// The call failed, or asked to run again (`isAsked`): this envelope takes its place, as the next attempt.
    case again(Envelope, at: Date, because: TaskFailure, isAsked: Bool)
    /// The call runs later, and the attempt does not count: it snoozed, or its process was killed from outside.
    case later(Envelope, at: Date, after: TaskFailure?)
    /// The call has failed, and its message becomes a dead letter. `isAsked`: it asked to run again, and has no retry left.
    case parked(TaskFailure, reason: String, isAsked: Bool = false)
    /// The call has failed, and its message is dropped. `isAsked` as for `parked`.
    case dropped(TaskFailure, isAsked: Bool = false)
    /// The call was revoked, has expired, or was terminated.
    case revoked(TaskFailure)
    /// A canvas takes the call's place: a signature, JSON text as on the wire.
    case replaced(by: [UInt8])
    /// The message goes back to the broker, uncounted: at once if `until` is `nil`.
    case givenBack(until: Date?)
    /// The call has ended before: this delivery of its message is acknowledged, and nothing is recorded.
    case repeated
    /// Another worker holds the message, so nothing is done.
    case notOurs

    /// A call that has run, and fails because of the canvas that it carried, or because its end cannot be written.
    static func failed(_ failure: TaskFailure) -> Verdict { .parked(failure, reason: "\(failure)") }
}

extension Verdict {
    /// What the broker must do with the delivery; `nil` if the delivery is no longer ours.
    var settlement: Settlement? {
        switch self {
        case .done, .dropped, .revoked, .replaced, .repeated: .ack
        case .again(let envelope, let then, _, _), .later(let envelope, let then, _):
            .retry(envelope, notBefore: then)
        case .parked(_, let reason, _): .deadLetter(reason: reason)
        case .givenBack(let then): .release(notBefore: then)
        case .notOurs: nil
        }
    }

    /// The state of the call; PENDING if its end is still to come.
    var state: TaskState {
        switch self {
        case .done: .success
        case .again: .retry
        case .parked, .dropped: .failure
        case .revoked: .revoked
        case .later, .replaced, .givenBack, .repeated, .notOurs: .pending
        }
    }

    var result: [UInt8]? { if case .done(let result) = self { result } else { nil } }

    var failure: TaskFailure? {
        switch self {
        case .again(_, _, let failure, _), .parked(let failure, _, _), .dropped(let failure, _), .revoked(let failure):
            failure
        case .later(_, _, let failure): failure
        case .done, .replaced, .givenBack, .repeated, .notOurs: nil
        }
    }

    /// Whether another message takes the place of this one, so that the call goes on.
    var isNextAttempt: Bool {
        switch self {
        case .again, .later: true
        case .done, .parked, .dropped, .revoked, .replaced, .givenBack, .repeated, .notOurs: false
        }
    }

    /// Whether the task itself asked to run again.
    var isAskedRetry: Bool {
        switch self {
        case .again(_, _, _, let isAsked), .parked(_, _, let isAsked), .dropped(_, let isAsked): isAsked
        case .done, .later, .revoked, .replaced, .givenBack, .repeated, .notOurs: false
        }
    }

    /// The canvas that replaces the call; `nil` if there is none.
    var replacement: [UInt8]? { if case .replaced(let canvas) = self { canvas } else { nil } }
}
