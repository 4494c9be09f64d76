#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// The facts of a record that Celery's documents cannot hold: the member `celeriac`, an object.
///
/// ```
/// attempt, started_at, at         as in the record; the dates of extended documents only
/// history                         the failed attempts, see MessageHeaders
/// result, meta                    base64, of what is no JSON or does not belong to the state
/// failure                         of a state that has none with Celery, or where Celery's form of it is not exact
/// traceback                       of that failure
/// lacks                           "result" | "meta" | "failure": what Celery's form has and the record has not
/// ```
struct OwnFacts: Sendable {
    static let key = "celeriac"

    var attempt: Int?
    var startedAt: Date?
    var at: Date?
    var result: [UInt8]?
    var meta: [UInt8]?
    var failure: TaskFailure?
    /// The arguments of ``failure``, which its usual form does not include.
    var failureArguments: [JSONValue]?
    var history: [FailedAttempt] = []
    var lacks: String?

    init() {}

    init(of change: TaskRecord, content: ResultContent, isExtended: Bool) {
        if change.attempt != 1 { attempt = change.attempt }
        if isExtended {
            startedAt = change.startedAt
            if !change.state.isTerminal { at = change.at }
        }
        let takesResult = change.state == .success
        if let value = change.result, !(takesResult && content.isText) { result = value }
        if let value = change.meta, takesResult || !content.isText { meta = value }
        lacks = Self.lacking(change, content)
        keep(change.failure, content)
    }

    private static func lacking(_ change: TaskRecord, _ content: ResultContent) -> String? {
        switch content {
        case .exception: change.failure == nil ? "failure" : nil
        case .null where change.state == .success: change.result == nil ? "result" : nil
        case .null where change.state != .retry: change.meta == nil ? "meta" : nil
        case .null, .text, .process: nil
        }
    }

    private mutating func keep(_ change: TaskFailure?, _ content: ResultContent) {
        guard let change else { return }
        if case .exception(let exception) = content {
            history = change.history
            if TaskFailure(exception, traceback: change.traceback, history: history) == change { return }
        }
        failure = change
        failureArguments = change.arguments.isEmpty ? nil : change.arguments
        history = []
    }

    func write(into writer: inout JSONWriter) {
        guard
            attempt != nil || startedAt != nil || at != nil || result != nil || meta != nil || failure != nil
                || !history.isEmpty || lacks != nil
        else { return }
        writer.key(Self.key)
        writer.beginObject()
        writer.field("attempt", attempt)
        writer.field("started_at", startedAt)
        writer.field("at", at)
        if let result { writer.base64Field("result", result) }
        if let meta { writer.base64Field("meta", meta) }
        if let failure {
            writer.key("failure")
            failure.write(into: &writer)
        }
        if let failureArguments {
            writer.key("arguments")
            writer.write(.array(failureArguments))
        }
        if !history.isEmpty { history.write(named: "history", into: &writer) }
        writer.field("lacks", lacks)
        writer.endObject()
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        // Another program may use the name for its own purposes.
        guard reader.kind() == .object else {
            try reader.skip()
            return
        }
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if try reader.null() { continue }
            switch name {
            case "attempt": attempt = try reader.count()
            case "started_at": startedAt = try reader.date()
            case "at": at = try reader.date()
            case "result": result = try reader.base64()
            case "meta": meta = try reader.base64()
            case "failure": failure = try TaskFailure(from: &reader)
            case "arguments": failureArguments = try reader.value().arrayValue
            case "history": history = try [FailedAttempt](from: &reader)
            case "lacks": lacks = try reader.stringOrNil()
            default: try reader.skip()
            }
        }
        if let failureArguments { failure?.arguments = failureArguments }
    }
}

extension JSONReader {
    mutating func base64() throws(JSONError) -> [UInt8] {
        let start = offset
        guard let bytes = Base64.decode(Array(try string().utf8)[...]) else {
            throw JSONError(.typeMismatch, at: start, "expected base64")
        }
        return bytes
    }
}
