#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
package import CeleriacCore

extension ResultDocument {
    /// Reads a document, which may be packed by `result_compression`.
    ///
    /// Names of exceptions are data: nothing is looked up by them.
    ///
    /// - Parameter id: the requested call; the id in the document is ignored.
    /// - Throws: ``CeleriacError`` with code `tooLarge`, `malformedMessage`, or `unsupported` if the compression is
    ///   unknown.
    package static func decode(_ text: [UInt8], id: TaskID, limits: MessageLimits) throws -> TaskRecord {
        try decode(text, id: id, limits: limits, formats: .json)
    }

    /// Reads a document in one of the formats.
    package static func decode(
        _ text: [UInt8], id: TaskID, limits: MessageLimits, formats: ResultFormats
    ) throws -> TaskRecord {
        let most = 2 * limits.resultBytes + 1 << 20
        let text = try ResultText.json(of: text, formats, atMost: most)
        guard text.count <= most else {
            throw CeleriacError(.tooLarge, "refused a result document of \(text.count) bytes; at most \(most) are read")
        }
        do throws(JSONError) {
            let json = JSONLimits(
                depth: limits.json.depth, keys: limits.json.keys, stringBytes: text.count, documentBytes: text.count
            )
            return try record(JSONReader(text, limits: json), id: id, limits: limits)
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .malformedMessage, "refused result document: \(error)", underlying: error
            )
        }
    }

    private static func record(
        _ reader: consuming JSONReader, id: TaskID, limits: MessageLimits
    ) throws(JSONError) -> TaskRecord {
        var parts = DocumentParts()
        try reader.beginObject()
        while let name = try reader.nextKey() { try parts.read(name, from: &reader) }
        try reader.finish()
        guard let status = parts.status else { throw JSONError(.missing, at: 0, "the document has no status") }
        let record = try parts.record(id: id, state: TaskState(status))
        guard max(record.result?.count ?? 0, record.meta?.count ?? 0) <= limits.resultBytes else {
            throw JSONError(.tooLong, at: 0, "a result of more than \(limits.resultBytes) bytes")
        }
        return record
    }
}

/// The members of a document as they were stored.
private struct DocumentParts {
    var status: String?
    private var result: [UInt8]?
    private var traceback: String?
    private var done: Date?
    private var children: [ResultNode] = []
    private var parentID: TaskID?
    private var task: TaskName?
    private var worker: String?
    private var retries: Int?
    private var queue: QueueName?
    private var own = OwnFacts()

    init() {}

    mutating func read(_ name: String, from reader: inout JSONReader) throws(JSONError) {
        switch name {
        case "status": status = try reader.stringOrNil()
        case "result": result = try reader.raw()
        case "traceback": traceback = try reader.stringOrNil()
        case "children": children = try [ResultNode](from: &reader)
        case "date_done": done = try reader.stringOrNil().flatMap(ISODate.parse)
        case "parent_id": parentID = try reader.stringOrNil().map { TaskID($0) }
        case "name": task = try reader.stringOrNil().map { TaskName($0) }
        case "worker": worker = try reader.stringOrNil()
        case "retries": retries = try reader.intOrNil()
        case "queue": queue = try reader.stringOrNil().flatMap(QueueName.init(rawValue:))
        case OwnFacts.key: own = try OwnFacts(from: &reader)
        default: try reader.skip()
        }
    }

    func record(id: TaskID, state: TaskState) throws(JSONError) -> TaskRecord {
        var record = TaskRecord(id: id, state: state, attempt: own.attempt ?? attempt)
        try take(result ?? Array("null".utf8), into: &record)
        if own.lacks == "failure" { record.failure = nil }
        if own.lacks == "result" { record.result = nil }
        if own.lacks == "meta" { record.meta = nil }
        record.result = own.result ?? record.result
        record.meta = own.meta ?? record.meta
        record.failure = own.failure ?? record.failure
        record.task = task
        record.queue = queue
        record.worker = worker ?? record.worker
        record.startedAt = own.startedAt
        record.at = done ?? own.at
        record.parentID = parentID
        record.children = children
        return record
    }

    private var attempt: Int { retries.flatMap { (0..<1_000_000_000).contains($0) ? $0 + 1 : nil } ?? 1 }

    private func take(_ text: [UInt8], into record: inout TaskRecord) throws(JSONError) {
        switch record.state {
        case .success: record.result = text
        case .failure, .retry, .revoked:
            let value = try JSONValue(parsing: text, limits: .checkedBefore)
            record.failure = TaskFailure(value, traceback: traceback, history: own.history)
        case .started:
            let value = try JSONValue(parsing: text, limits: .checkedBefore)
            guard let node = value["hostname"], value["pid"] != nil else { return record.meta = text }
            record.worker = node.stringValue
        default: record.meta = text
        }
    }
}

extension TaskFailure {
    /// Reads an exception object; `nil` for null.
    ///
    /// Also accepts values at which Python would crash: a text in place of the object becomes the message.
    init?(_ value: JSONValue, traceback: String?, history: [FailedAttempt]) {
        if value.isNull { return nil }
        let arguments = value["exc_message"] ?? (value.objectValue == nil ? value : "")
        let elements = arguments.arrayValue ?? [arguments]
        let isMessageAlone = elements.count == 1 && elements[0].stringValue != nil
        self.init(
            type: value["exc_type"]?.stringValue ?? "Exception", module: value["exc_module"]?.stringValue,
            message: Self.text(of: arguments), arguments: isMessageAlone ? [] : elements, traceback: traceback,
            history: history
        )
    }

    /// Creates the failure that a reader gets from an exception that we write.
    init?(_ exception: PythonException, traceback: String?, history: [FailedAttempt]) {
        self.init(
            [
                "exc_type": .string(exception.type), "exc_message": .array(exception.arguments),
                "exc_module": .string(exception.module),
            ], traceback: traceback, history: history
        )
    }
}
