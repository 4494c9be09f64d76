import CeleriacCore

/// The supported compressions of bodies and results, by Celery's MIME types and aliases.
///
/// Counts the output while it unpacks: neither a small message that unpacks to a large one nor a message that declares
/// a false size costs more memory than the limit. Source: `kombu/compression.py`, kombu 5.7.
enum Compression: Sendable {
    case zlib, zstd, bzip2, xz

    /// - Throws: ``CeleriacError`` with code `unsupported`, which contains the reason.
    init(named name: String) throws {
        switch name.lowercased() {
        case BodyCompression.gzip.rawValue, "gzip", "zlib": self = .zlib
        case BodyCompression.zstd.rawValue, "zstd", "zstandard": self = .zstd
        case BodyCompression.bzip2.rawValue, "bzip2", "bzip": self = .bzip2
        case BodyCompression.xz.rawValue, "lzma", "xz": self = .xz
        case "application/x-brotli", "brotli":
            throw Self.refusal(
                of: name, ": not supported here; gzip is, and zstd, bzip2 and xz where their libraries are installed")
        default: throw Self.refusal(of: name, "")
        }
    }

    /// The value of the header `compression`.
    var type: String {
        switch self {
        case .zlib: BodyCompression.gzip.rawValue
        case .zstd: BodyCompression.zstd.rawValue
        case .bzip2: BodyCompression.bzip2.rawValue
        case .xz: BodyCompression.xz.rawValue
        }
    }

    /// - Throws: ``CeleriacError`` with code `unsupported` if the library is missing.
    func packed(_ bytes: [UInt8]) throws -> [UInt8] {
        switch self {
        case .zlib: try Zlib.packed(bytes)
        case .zstd: try Zstd.library().packed(bytes)
        case .bzip2: try Bzip2.library().packed(bytes)
        case .xz: try XZ.library().packed(bytes)
        }
    }

    /// - Parameters:
    ///   - limit: the most bytes that may come out.
    ///   - part: the name of the text, for errors: `body` or `result`.
    /// - Throws: ``CeleriacError`` with code `tooLarge`, `malformedMessage` or `unsupported`.
    func unpacked(_ packed: [UInt8], limit: Int, part: String) throws -> [UInt8] {
        let output: [UInt8]?
        switch self {
        case .zlib: output = try Zlib.unpacked(packed, limit: limit)
        case .zstd: output = try Zstd.library().unpacked(packed, limit: limit)
        case .bzip2: output = try Bzip2.library().unpacked(packed, limit: limit)
        case .xz: output = try XZ.library().unpacked(packed, limit: limit)
        }
        guard let output else {
            throw CeleriacError(.malformedMessage, "refused a \(part): it is not compressed as \(type), or incomplete")
        }
        guard output.count <= limit else {
            throw CeleriacError(.tooLarge, "refused a \(part) that decompresses to more than \(limit) bytes")
        }
        return output
    }

    private static func refusal(of name: String, _ reason: String) -> CeleriacError {
        // Foreign text, shortened and without control characters.
        CeleriacError(.unsupported, "refused compression \(String(name.prefix(80)).debugDescription)\(reason)")
    }
}
