#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Message headers as the JSON object of Celery's message protocol 2 (`celery/app/amqp.py`, `as_task_v2`).
extension MessageHeaders {
    /// Writes the headers as one object.
    ///
    /// - Parameter verbose: whether to write Celery's full set, nulls included. Otherwise headers that are `nil` are
    ///   omitted, which Celery's workers accept.
    package func write(into writer: inout JSONWriter, verbose: Bool = false) {
        write(into: &writer, verbose: verbose) { _ in }
    }

    /// Writes the headers as one object, with the members that `more` writes at its end.
    package func write(into writer: inout JSONWriter, verbose: Bool, more: (inout JSONWriter) -> Void) {
        writer.beginObject()
        writer.field("lang", "swift")
        writer.field("task", task.rawValue)
        writer.field("id", id.rawValue)
        writer.field("shadow", shadow, orNull: verbose)
        writer.field("eta", eta, orNull: verbose)
        writer.field("expires", expires, orNull: verbose)
        writer.field("group", group, orNull: verbose)
        writer.field("group_index", groupIndex, orNull: verbose)
        writer.field("retries", retries, orNull: true)
        writeTimeLimits(into: &writer, verbose: verbose)
        writer.field("root_id", rootID?.rawValue, orNull: verbose)
        writer.field("parent_id", parentID?.rawValue, orNull: verbose)
        writer.field("origin", origin, orNull: verbose)
        if let ignoreResult {
            writer.key("ignore_result")
            writer.bool(ignoreResult)
        } else if verbose {
            writer.nullField("ignore_result")
        }
        writer.field("compression", compression)
        if !history.isEmpty { history.write(named: "x_history", into: &writer) }
        writeExtra(into: &writer, verbose: verbose)
        more(&writer)
        writer.endObject()
    }

    /// The headers as JSON text.
    public func json(verbose: Bool = false) -> [UInt8] {
        var writer = JSONWriter()
        writer.bytes.reserveCapacity(512)
        write(into: &writer, verbose: verbose)
        return writer.bytes
    }

    private func writeTimeLimits(into writer: inout JSONWriter, verbose: Bool) {
        guard verbose || timeLimit != nil || softTimeLimit != nil else { return }
        writer.key("timelimit")
        writer.beginArray()
        writer.seconds(timeLimit)
        writer.seconds(softTimeLimit)
        writer.endArray()
    }

    private func writeExtra(into writer: inout JSONWriter, verbose: Bool) {
        if !extra.isEmpty {
            for (name, value) in extra.sorted(by: { $0.key < $1.key }) where !Self.isKnown(name) {
                writer.key(name)
                writer.write(value)
            }
            if hasOwnRepresentations { writer.trueField("x_repr") }
        }
        guard verbose else { return }
        if extra["replaced_task_nesting"] == nil { writer.field("replaced_task_nesting", 0) }
        if extra["stamped_headers"] == nil { writer.nullField("stamped_headers") }
        if extra["stamps"] == nil {
            writer.key("stamps")
            writer.beginObject()
            writer.endObject()
        }
    }

    /// Whether the caller has set `argsrepr` or `kwargsrepr`, for example to hide a secret.
    package var hasOwnRepresentations: Bool {
        !extra.isEmpty && (extra["argsrepr"] != nil || extra["kwargsrepr"] != nil)
    }
}

extension MessageHeaders {
    /// Reads a header object. Unknown headers are stored in ``extra``.
    public init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var reader = try JSONReader(text, limits: limits)
        try self.init(from: &reader)
        try reader.finish()
    }

    /// Reads the next value as a header object.
    ///
    /// - Throws: ``JSONError`` with code `missing` if `task` or `id` is missing.
    package init(from reader: inout JSONReader) throws(JSONError) {
        let start = reader.offset
        try self.init(unchecked: &reader)
        guard !task.rawValue.isEmpty else { throw JSONError(.missing, at: start, "the headers have no task") }
        guard !id.rawValue.isEmpty else { throw JSONError(.missing, at: start, "the headers have no id") }
    }

    /// Reads the next value as a header object. A missing `task` or `id` is read as an empty string.
    package init(unchecked reader: inout JSONReader) throws(JSONError) {
        self.init(id: "", task: "")
        var texts = Texts()
        try reader.beginObject()
        while let key = try reader.nextKey(in: Field.table) {
            switch key {
            case .known(let place): try readNamed(Field.allFields[place], from: &reader, &texts)
            case .other(let name): extra[name] = try reader.value()
            }
        }
        texts.keep(in: &self)
    }

    /// The displayed texts of the arguments, and whether the caller has set them. Texts that Celeriac generated are not
    /// read back.
    private struct Texts {
        var args: JSONValue?
        var kwargs: JSONValue?
        var isOurs = false
        var isMarked = false

        func keep(in headers: inout MessageHeaders) {
            guard !isOurs || isMarked else { return }
            if let args { headers.extra["argsrepr"] = args }
            if let kwargs { headers.extra["kwargsrepr"] = kwargs }
        }
    }

    /// - Throws: errors that name the header.
    private mutating func readNamed(
        _ field: Field, from reader: inout JSONReader, _ texts: inout Texts
    ) throws(JSONError) {
        do {
            try read(field, from: &reader, &texts)
        } catch {
            throw JSONError(error.code, at: error.offset, "header \(field.rawValue): \(error.reason)")
        }
    }

    private mutating func read(
        _ field: Field, from reader: inout JSONReader, _ texts: inout Texts
    ) throws(JSONError) {
        if try reader.null() { return }
        switch field {
        case .task: task = TaskName(try reader.string())
        case .id: id = TaskID(try reader.string())
        case .shadow: shadow = try reader.lossyString()
        case .eta: eta = try reader.date()
        case .expires: expires = try reader.date()
        case .group: group = try reader.string()
        case .groupIndex: groupIndex = try reader.int()
        case .retries: retries = try reader.count()
        case .timeLimits: (timeLimit, softTimeLimit) = try reader.timeLimits()
        case .rootID: rootID = TaskID(try reader.string())
        case .parentID: parentID = TaskID(try reader.string())
        case .origin: origin = try reader.lossyString()
        case .ignoreResult: ignoreResult = try reader.bool()
        case .compression: compression = try reader.string()
        case .history: history = try [FailedAttempt](from: &reader)
        case .language: texts.isOurs = try reader.value() == "swift"
        case .mark: texts.isMarked = try reader.value() == true
        case .args: texts.args = try reader.value()
        case .kwargs: texts.kwargs = try reader.value()
        case .nesting, .stamps, .stampedHeaders:
            let value = try reader.value()
            if value != 0, value != [:] { extra[field.rawValue] = value }
        }
    }

    /// The headers that are read by their names.
    private enum Field: String, CaseIterable {
        case language = "lang"
        case task, id, shadow, eta, expires, group
        case groupIndex = "group_index"
        case retries
        case timeLimits = "timelimit"
        case rootID = "root_id"
        case parentID = "parent_id"
        case origin
        case ignoreResult = "ignore_result"
        case compression
        case history = "x_history"
        /// Marks texts of arguments that a caller has set, to distinguish them from generated texts.
        case mark = "x_repr"
        case args = "argsrepr"
        case kwargs = "kwargsrepr"
        case nesting = "replaced_task_nesting"
        case stampedHeaders = "stamped_headers"
        case stamps

        static let allFields = allCases
        static let table = KeyTable(allFields.map(\.rawValue))

        /// The fields without a property, which are stored in `extra`.
        static let extras: Set<String> = Set([Field.args, .kwargs, .nesting, .stampedHeaders, .stamps].map(\.rawValue))
    }

    /// Whether a name has a property here; such a header cannot be set through `extra`.
    private static func isKnown(_ name: JSONKey) -> Bool {
        Field(rawValue: name.text) != nil && !Field.extras.contains(name.text)
    }
}

extension JSONReader {
    /// Reads `[hard, soft]`, in seconds.
    package mutating func timeLimits() throws(JSONError) -> (hard: Duration?, soft: Duration?) {
        var limits: [Duration?] = []
        try beginArray()
        while try nextElement() {
            if limits.count < 2 { limits.append(try null() ? nil : try seconds()) } else { try skip() }
        }
        return (limits.first ?? nil, limits.count > 1 ? limits[1] : nil)
    }
}
