import CeleriacPool

import CeleriacWire

/// Notices that a worker sends about its tasks.
extension TaskNotice {
    static func started(_ id: TaskID) -> TaskNotice {
        TaskNotice(kind: .taskStarted, fields: ["uuid": .string(id.rawValue)])
    }

    /// The notices for the end of an attempt.
    ///
    /// - Parameters:
    ///   - call: the call's arguments, as Python shows them; evaluated only if the notices contain them.
    ///   - runtime: how long the task ran; `nil` if it was never started.
    ///   - signal: the signal by which it was terminated; `nil` if it was not.
    static func ended(
        _ execution: Execution, _ verdict: Verdict, _ envelope: Envelope,
        _ call: @autoclosure () -> CallText, runtime: Duration?, signal: Int?
    ) -> [TaskNotice] {
        switch execution.outcome {
        case .success(let result): [succeeded(envelope.id, result, runtime ?? .zero)]
        case .failure, .retry:
            [verdict.state == .retry ? retried(envelope.id, verdict) : failed(envelope.id, verdict)]
        case .discarded: [failed(envelope.id, verdict)]
        case .crashed(let loss) where loss.isBlamed:
            [verdict.state == .retry ? retried(envelope.id, verdict) : failed(envelope.id, verdict)]
        case .crashed:
            [
                verdict.state == .failure
                    ? failed(envelope.id, verdict) : rejected(envelope.id, requeue: true)
            ]
        case .rejected(let failure):
            if runtime != nil {
                [failed(envelope.id, verdict), rejected(envelope.id, requeue: false)]
            } else if failure.type == TaskFailure.notRegistered {
                // For an unknown task, Celery reports only the failure.
                [failed(envelope.id, verdict)]
            } else {
                [received(envelope, call()), failed(envelope.id, verdict)]
            }
        case .revoked(let reason): [revoked(envelope.id, reason, signal)]
        case .snooze, .interrupted: runtime == nil ? [] : [rejected(envelope.id, requeue: true)]
        // Celery reports nothing about a call that it ignores either.
        case .postponed, .leaseLost, .replaced: []
        }
    }

    private static func succeeded(_ id: TaskID, _ result: [UInt8], _ runtime: Duration) -> TaskNotice {
        TaskNotice(
            kind: .taskSucceeded,
            fields: [
                "uuid": .string(id.rawValue), "result": .string(PythonRepr.value(result)),
                "runtime": .double(runtime.seconds),
            ]
        )
    }

    private static func failed(_ id: TaskID, _ verdict: Verdict) -> TaskNotice {
        TaskNotice(kind: .taskFailed, fields: fields(id, verdict.failure))
    }

    private static func retried(_ id: TaskID, _ verdict: Verdict) -> TaskNotice {
        var fields = fields(id, verdict.failure)
        // A retry without a cause, as in Celery.
        if verdict.failure?.type == "Retry" { fields["exception"] = "None" }
        return TaskNotice(kind: .taskRetried, fields: fields)
    }

    private static func fields(_ id: TaskID, _ failure: TaskFailure?) -> JSONObject {
        [
            "uuid": .string(id.rawValue), "exception": .string(failure.map(repr) ?? "None"),
            "traceback": .text(failure?.traceback),
        ]
    }

    /// Celery's `Reject` has a `repr` unlike that of other exceptions.
    private static func repr(_ failure: TaskFailure) -> String {
        guard failure.type == "Reject" else { return PythonRepr.exception(failure) }
        return "reject requeue=False: \(failure.message)"
    }

    private static func rejected(_ id: TaskID, requeue: Bool) -> TaskNotice {
        TaskNotice(kind: .taskRejected, fields: ["uuid": .string(id.rawValue), "requeue": .bool(requeue)])
    }

    private static func revoked(_ id: TaskID, _ reason: RevocationReason, _ signal: Int?) -> TaskNotice {
        let isTerminated = reason == .terminated
        return TaskNotice(
            kind: .taskRevoked,
            fields: [
                "uuid": .string(id.rawValue), "terminated": .bool(isTerminated),
                "signum": isTerminated ? .integer(Int64(signal ?? Signal.terminate.number)) : .null,
                "expired": .bool(reason == .expired),
            ]
        )
    }
}
