import CeleriacCore
import CeleriacRQWire
import CeleriacWire
import RESPClient

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The state of a call, read from a job's hash and the latest entry of its results.
///
/// | RQ's status | state |
/// |---|---|
/// | created, queued, scheduled, deferred, rate_limited, ready_to_enqueue | PENDING; RETRY after an attempt that failed |
/// | started | STARTED, or the state that the task has reported |
/// | finished | SUCCESS |
/// | failed | FAILURE |
/// | stopped, canceled | REVOKED |
struct RQRecord: Sendable {
    let id: TaskID
    let fields: RQFields
    /// The latest entry; `nil` if there is none, or if it was not read.
    var result: RQFields?
    let limits: MessageLimits

    /// Returns the record; `nil` if nothing is known.
    func record() throws -> TaskRecord? {
        guard !fields.fields.isEmpty else { return nil }
        let told = try fields["celeriac_record"].map { try ResultDocument.decode($0, id: id, limits: limits) }
        guard fields["data"] != nil else { return told }
        let status = fields.text("status").flatMap(RQStatus.init(rawValue:)) ?? .created
        if let told, Self.holds(told.state, while: status) { return told }
        return try derived(status)
    }

    /// Whether the latest entry of the results is needed as well.
    var needsResult: Bool {
        guard let status = fields.text("status").flatMap(RQStatus.init(rawValue:)) else { return false }
        return status == .finished || status == .failed || status == .stopped
    }

    /// Sets ``result`` from the answer to `XREVRANGE`.
    mutating func readResult(from answer: RESPValue) {
        result = answer.elements?.first?.elements.flatMap { $0.count > 1 ? RQFields($0[1]) : nil }
    }

    /// Whether a recorded state still holds. What an attempt reported does not outlive the attempt.
    private static func holds(_ state: TaskState, while status: RQStatus) -> Bool {
        switch status {
        case .started: !state.isTerminal && state != .retry && state != .pending
        case .queued, .scheduled, .rateLimited: state == .retry
        case .finished: state == .success
        case .failed: state == .failure
        case .stopped, .canceled: state == .revoked
        case .created, .deferred, .readyToEnqueue: false
        }
    }

    private func derived(_ status: RQStatus) throws -> TaskRecord {
        var record = TaskRecord(id: id, state: Self.state(of: status))
        record.queue = fields.text("origin").flatMap(QueueName.init(rawValue:))
        let message = try? RQMessage(id: id, fields: fields, in: record.queue, limits: limits)
        record.task = message?.envelope.task
        record.attempt = (message?.envelope.retries ?? 0) + 1
        record.parentID = message?.envelope.parentID
        if let meta = fields["meta"], !meta.isEmpty {
            // Python may leave metadata there that only Python can read: that is not an error.
            record.meta = try? (message?.serializer ?? .pickle).json(of: meta, limits: limits)
        }
        guard status == .started || status.isFinal else { return record }
        record.worker = fields.text("worker_name").flatMap { $0.isEmpty ? nil : $0 }
        record.startedAt = fields.text("started_at").flatMap(RQTime.parse)
        record.at = fields.text("ended_at").flatMap(RQTime.parse) ?? record.startedAt
        try readEnd(status, message?.serializer ?? .pickle, into: &record)
        return record
    }

    private static func state(of status: RQStatus) -> TaskState {
        switch status {
        case .created, .queued, .deferred, .scheduled, .rateLimited, .readyToEnqueue: .pending
        case .started: .started
        case .finished: .success
        case .failed: .failure
        case .stopped, .canceled: .revoked
        }
    }

    private func readEnd(_ status: RQStatus, _ serializer: RQSerializer, into record: inout TaskRecord) throws {
        let entry = try result.map { try RQResult(fields: $0, limits: limits) }
        switch status {
        case .finished:
            // RQ before 3.0 kept the value in the hash.
            let value = entry == nil ? fields["result"] : entry?.returnValue
            record.result = try value.map { try serializer.json(of: $0, limits: limits) } ?? Array("null".utf8)
        case .failed: record.failure = failure(entry)
        case .stopped, .canceled:
            record.failure = TaskFailure(type: "TaskRevokedError", message: status == .stopped ? "stopped" : "revoked")
        case .created, .queued, .deferred, .scheduled, .started, .rateLimited, .readyToEnqueue: break
        }
    }

    private func failure(_ entry: RQResult?) -> TaskFailure {
        if let own = result?["celeriac_failure"], let failure = try? TaskFailure(parsing: own) { return failure }
        return TaskFailure(traceback: entry?.exceptionText ?? fields.exceptionText(limits) ?? "")
    }
}

extension TaskFailure {
    /// Reads a text as Python writes it: the last line is `package.Type: message`.
    init(traceback text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        let last = lines.last.map(String.init) ?? ""
        let head = last.prefix { $0 != ":" }
        let isType = !head.isEmpty && head.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
        guard isType, lines.count > 1 || head.count < last.count else {
            self.init(type: "Exception", message: text)
            return
        }
        let parts = head.split(separator: ".")
        let words = last.dropFirst(head.count + 1).drop { $0 == " " }
        self.init(
            type: String(parts.last ?? head),
            module: parts.count > 1 ? parts.dropLast().joined(separator: ".") : nil, message: String(words),
            traceback: lines.count > 1 ? text : nil)
    }
}

extension RQFields {
    /// Returns the traceback from where RQ before 3.0 kept it.
    func exceptionText(_ limits: MessageLimits) -> String? {
        (try? RQJob(id: "-", fields: self, limits: limits))?.exceptionText
    }
}
