import CeleriacCore

/// Headers in a frame: `1` and then their fields if they are plain, as in nearly all calls; otherwise `0` and then
/// JSON.
extension FrameWriter {
    mutating func put(_ headers: MessageHeaders) {
        put(headers.arePlain)
        guard headers.arePlain else { return put(headers.json()) }
        put(headers.id.rawValue)
        put(headers.task.rawValue)
        put(headers.rootID?.rawValue)
        put(headers.parentID?.rawValue)
        put(headers.origin)
        put(Int64(headers.retries))
        put(headers.ignoreResult.map { $0 ? Self.yes : Self.no } ?? Self.unset)
    }

    fileprivate static let (no, yes, unset): (UInt8, UInt8, UInt8) = (0, 1, 2)
}

extension FrameReader {
    /// - Throws: `Frame.Violation`, or `JSONError` if the headers are malformed JSON.
    mutating func headers() throws -> MessageHeaders {
        guard try bool() else { return try MessageHeaders(parsing: try block(), limits: .checkedBefore) }
        var headers = MessageHeaders(id: TaskID(try text()), task: TaskName(try text()))
        headers.rootID = try optionalText().map { TaskID($0) }
        headers.parentID = try optionalText().map { TaskID($0) }
        headers.origin = try optionalText()
        headers.retries = Int(try number(Int64.self))
        let ignores = try byte()
        headers.ignoreResult = ignores == FrameWriter.unset ? nil : ignores == FrameWriter.yes
        return headers
    }
}
