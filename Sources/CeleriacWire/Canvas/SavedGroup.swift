package import CeleriacCore

/// A group's results as Celery saves them under the group's id, `celery-taskset-meta-<id>`: `{"result": TUPLE}`.
///
/// A client saves a group so that other processes can restore it. A chord saves its header if that header is nested.
/// Pure.
/// Source: `celery/backends/base.py`, `_save_group`; `celery/backends/redis.py`, `apply_chord`; `celery/result.py`, 5.7.
package enum SavedGroup {
    package static func encode(_ group: CanvasResult) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("result")
        writer.raw(group.tuple)
        writer.endObject()
        return writer.bytes
    }

    /// Reads a saved group, which may be packed by `result_compression`.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, `tooLarge`, or `unsupported` if the compression is
    ///   unknown.
    package static func decode(_ text: [UInt8]) throws -> CanvasResult { try decode(text, formats: .json) }

    /// Reads a saved group in one of the formats.
    package static func decode(_ text: [UInt8], formats: ResultFormats) throws -> CanvasResult {
        let text = try ResultText.json(of: text, formats, atMost: MessageLimits.hardBodyBytes)
        do throws(JSONError) {
            return try group(JSONReader(text, limits: .checkedBefore))
        } catch {
            throw CeleriacError(.malformedMessage, "refused a saved group: \(error)", underlying: error)
        }
    }

    private static func group(_ reader: consuming JSONReader) throws(JSONError) -> CanvasResult {
        var group: CanvasResult?
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if name == "result" { group = try CanvasResult(tuple: &reader) } else { try reader.skip() }
        }
        try reader.finish()
        guard let group else { throw JSONError(.missing, at: 0, "a saved group needs a result") }
        return group
    }
}
