import CeleriacCore

/// Celery's `result_compression`: `\0celery-compressed\0`, the MIME type, `\0`, and the packed text.
///
/// Source: `celery/backends/base.py`, 5.7.
enum CompressedResult {
    private static let mark = Array("\0celery-compressed\0".utf8)

    /// Returns the text, unpacked if it is packed.
    static func unpacked(_ text: [UInt8], atMost limit: Int) throws -> [UInt8] {
        guard text.starts(with: mark) else { return text }
        let rest = text[mark.count...]
        guard let end = rest.firstIndex(of: 0) else {
            throw CeleriacError(.malformedMessage, "refused result document: its compression is not given")
        }
        let type = String(decoding: rest[..<end], as: UTF8.self)
        return try Compression(named: type).unpacked(Array(rest[(end + 1)...]), limit: limit, part: "result")
    }
}
