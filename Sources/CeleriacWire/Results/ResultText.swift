package import CeleriacCore

/// Converts a result, a part of a chord or a saved group to JSON from the format that it is stored in.
///
/// Celery's backends do not record the format of a result: each client assumes its own `result_serializer`. The first
/// byte distinguishes them. JSON begins with a bracket, MessagePack's containers begin with a byte that begins no text,
/// and YAML, both Python's and ours, begins with neither.
package enum ResultText {
    /// - Parameter most: the most bytes that the JSON text may have.
    /// - Throws: ``CeleriacError`` with code `unsupported` for a format that is not accepted, or as ``BodyCoder`` does.
    package static func json(of stored: [UInt8], _ formats: ResultFormats, atMost most: Int) throws -> [UInt8] {
        let text = try CompressedResult.unpacked(stored, atMost: most)
        guard let type = contentType(of: text) else { return text }
        guard let coder = formats.accepted.serializer(ofType: type)?.coder else {
            throw CeleriacError(
                .unsupported, "refused a result of content type \"\(type)\": this app does not accept it")
        }
        // The stored document is limited only by its size; its parts are checked when they are used.
        let limits = JSONLimits(depth: JSONLimits.hardDepth, keys: .max, stringBytes: most, documentBytes: most)
        return try coder.json(of: text, limits: limits, atMost: most)
    }

    /// - Returns: `nil` for JSON.
    static func contentType(of text: [UInt8]) -> String? {
        guard let first = text.first else { return nil }
        return switch first {
        case 0x80...0x9F, 0xDC...0xDF: "application/x-msgpack"
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"): "application/x-yaml"
        default: nil
        }
    }
}
