/// Failures as JSON objects: Celery's exception object, and the earlier failed attempts.
///
/// ```
/// {"exc_type": "SMTPError", "exc_module": "Signup", "exc_message": ["greylisted"], "traceback": "…",
///  "history": [[1, "2030-01-02T03:04:05+00:00", "SMTPError", "greylisted"]]}
/// ```
extension TaskFailure {
    /// Writes the failure as one object; members that are `nil` or empty are omitted.
    package func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("exc_type", type)
        writer.field("exc_module", module)
        writer.key("exc_message")
        writer.beginArray()
        writer.string(message)
        writer.endArray()
        writer.field("traceback", traceback)
        if !history.isEmpty { history.write(named: "history", into: &writer) }
        writer.endObject()
    }

    /// The failure as JSON text.
    public var json: [UInt8] {
        var writer = JSONWriter()
        write(into: &writer)
        return writer.bytes
    }

    public init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var reader = try JSONReader(text, limits: limits)
        try self.init(from: &reader)
        try reader.finish()
    }

    /// Reads the next value as an exception object. `exc_message` may be a text, any other value, or a list of those.
    package init(from reader: inout JSONReader) throws(JSONError) {
        var (type, message) = ("", "")
        var (module, traceback): (String?, String?)
        var history: [FailedAttempt] = []
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if try reader.null() { continue }
            switch name {
            case "exc_type": type = try reader.lossyString()
            case "exc_module": module = try reader.lossyString()
            case "exc_message": message = Self.text(of: try reader.value())
            case "traceback": traceback = try reader.lossyString()
            case "history": history = try [FailedAttempt](from: &reader)
            default: try reader.skip()
            }
        }
        self.init(type: type, module: module, message: message, traceback: traceback, history: history)
    }

    /// The text of a Python exception's arguments.
    package static func text(of arguments: JSONValue) -> String {
        switch arguments {
        case .string(let text): text
        case .illFormedString(let text): text.description
        case .array(let elements): elements.map { text(of: $0) }.joined(separator: ", ")
        case .null, .bool, .integer, .bigInteger, .double, .object: arguments.text
        }
    }
}

extension [FailedAttempt] {
    /// The most attempts that are kept; see ``MessageHeaders/history``.
    private static var most: Int { 25 }

    /// Writes `[[attempt, date, type, message], …]`, the last 25 of them.
    package func write(named name: String, into writer: inout JSONWriter) {
        writer.key(name)
        writer.beginArray()
        for attempt in suffix(Self.most) {
            writer.beginArray()
            writer.int(attempt.attempt)
            writer.date(attempt.at)
            writer.string(attempt.type)
            writer.string(attempt.message)
            writer.endArray()
        }
        writer.endArray()
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self = []
        try reader.beginArray()
        while try reader.nextElement() {
            append(try FailedAttempt(from: &reader))
            if count > Self.most { removeFirst() }
        }
    }
}

extension FailedAttempt {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        let start = reader.offset
        func expectElement(_ isThere: Bool) throws(JSONError) {
            guard isThere else {
                throw JSONError(.missing, at: start, "an attempt needs a number, date, type and message")
            }
        }
        try reader.beginArray()
        try expectElement(reader.nextElement())
        let attempt = try reader.count()
        try expectElement(reader.nextElement())
        let date = try reader.date()
        try expectElement(reader.nextElement())
        let type = try reader.lossyString()
        try expectElement(reader.nextElement())
        self.init(attempt: attempt, at: date, type: type, message: try reader.lossyString())
        while try reader.nextElement() { try reader.skip() }
    }
}
