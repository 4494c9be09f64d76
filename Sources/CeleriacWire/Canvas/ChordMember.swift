package import CeleriacCore

/// A part of a chord as Celery stores it in Redis: the call's id, its state, and its result or its exception.
///
/// ```
/// [1, "9be17c61-…", "SUCCESS", 2]
/// [1, "63f44be8-…", "FAILURE", {"exc_type": "ValueError", "exc_message": ["x"], "exc_module": "builtins"}]
/// ```
///
/// The first elements are spaced as Python's `json` spaces them, because Redis sorts parts with the same index by their
/// text, whichever program wrote them. Details of a failure that Celery's form cannot hold are in the exception's
/// member `celeriac`, which Python ignores. Pure. Source: `celery/backends/redis.py`, `on_chord_part_return` and
/// `_unpack_chord_result`, celery 5.7.
package enum ChordMember {
    package static func encode(_ report: ChordReport) -> [UInt8] {
        let (state, result) = content(of: report.result)
        var id = JSONWriter()
        id.string(report.id.rawValue)
        return Array("[1, ".utf8) + id.bytes + Array(", \"\(state.rawValue)\", ".utf8) + result + [UInt8(ascii: "]")]
    }

    /// Reads a part, which may be packed by `result_compression`.
    ///
    /// An unreadable part becomes a failed part with a `DecodeError` that contains the reason, so that its chord still
    /// ends.
    ///
    /// - Parameters:
    ///   - index: the part's place in the header, which the text does not contain.
    ///   - id: the id of the call if the text has none.
    package static func decode(_ text: [UInt8], index: Int?, orID id: TaskID) -> ClaimedChord.Part {
        decode(text, index: index, orID: id, formats: .json)
    }

    /// Reads a part in one of the formats.
    package static func decode(
        _ text: [UInt8], index: Int?, orID id: TaskID, formats: ResultFormats
    ) -> ClaimedChord.Part {
        var part = ClaimedChord.Part(index: index, id: id, result: .success([]))
        do {
            let text = try json(of: text, formats)
            try read(text, into: &part)
        } catch {
            let message = "a part of the chord cannot be read: \(error)"
            part.result = .failure(TaskFailure(type: "DecodeError", module: "kombu.exceptions", message: message))
        }
        return part
    }

    // MARK: Writing

    private static func content(of result: ChordReport.Result) -> (TaskState, [UInt8]) {
        switch result {
        case .success(let text) where ResultContent.isJSON(text): (.success, text)
        case .success:
            // Text that is not JSON would corrupt the array around it.
            (.failure, exception(TaskFailure(type: "EncodeError", module: "kombu.exceptions", message: "no JSON")))
        case .failure(let failure): (.failure, exception(failure))
        case .revoked(let failure): (.revoked, exception(failure))
        }
    }

    private static func exception(_ failure: TaskFailure) -> [UInt8] {
        let exception = PythonException(failure)
        var writer = JSONWriter()
        writer.beginObject()
        exception.writeMembers(into: &writer)
        if TaskFailure(exception, traceback: nil, history: []) != failure {
            var own = OwnFacts()
            own.failure = failure
            own.failureArguments = failure.arguments.isEmpty ? nil : failure.arguments
            own.write(into: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    // MARK: Reading

    /// A part whose text was already in the chord ends with a space, which MessagePack does not allow.
    private static func json(of text: [UInt8], _ formats: ResultFormats) throws -> [UInt8] {
        let most = MessageLimits.hardBodyBytes
        do {
            return try ResultText.json(of: text, formats, atMost: most)
        } catch {
            let spaces = text.reversed().prefix(8).prefix { $0 == UInt8(ascii: " ") }.count
            for count in 0..<spaces {
                let text = Array(text.dropLast(count + 1))
                if let json = try? ResultText.json(of: text, formats, atMost: most) { return json }
            }
            throw error
        }
    }

    private static func read(_ text: [UInt8], into part: inout ClaimedChord.Part) throws(JSONError) {
        var reader = try JSONReader(text, limits: .checkedBefore)
        func expectElement() throws(JSONError) {
            guard try reader.nextElement() else {
                throw JSONError(.missing, at: reader.offset, "a part needs a version, an id, a state and a result")
            }
        }
        try reader.beginArray()
        try expectElement()
        try reader.skip()
        try expectElement()
        part.id = TaskID(try reader.string())
        try expectElement()
        let state = TaskState(try reader.string())
        try expectElement()
        let result = try reader.raw()
        while try reader.nextElement() { try reader.skip() }
        try reader.finish()
        part.result = try outcome(state, result)
    }

    private static func outcome(_ state: TaskState, _ result: [UInt8]) throws(JSONError) -> ChordReport.Result {
        switch state {
        case .failure: .failure(try failure(result))
        case .revoked: .revoked(try failure(result))
        default: .success(result)
        }
    }

    private static func failure(_ text: [UInt8]) throws(JSONError) -> TaskFailure {
        let value = try JSONValue(parsing: text, limits: .checkedBefore)
        if value[OwnFacts.key] != nil, let own = try ownFailure(text) { return own }
        return TaskFailure(value, traceback: nil, history: []) ?? TaskFailure(type: "Exception", message: "")
    }

    private static func ownFailure(_ text: [UInt8]) throws(JSONError) -> TaskFailure? {
        var reader = try JSONReader(text, limits: .checkedBefore)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if name == OwnFacts.key { return try OwnFacts(from: &reader).failure }
            try reader.skip()
        }
        return nil
    }
}
