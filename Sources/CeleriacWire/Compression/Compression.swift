import CeleriacCore

/// The ways of packing bodies and results that are known here, by the MIME types and aliases of Celery's.
///
/// What comes out is counted while it comes: neither a small message that unpacks to a large one nor one that claims a
/// size costs more memory than the limit. Source: `kombu/compression.py`, kombu 5.7.
enum Compression: Sendable {
    case zlib, zstd

    /// - Throws: ``CeleriacError`` with code `unsupported`, which says why.
    init(named name: String) throws {
        switch name.lowercased() {
        case BodyCompression.gzip.rawValue, "gzip", "zlib": self = .zlib
        case BodyCompression.zstd.rawValue, "zstd", "zstandard": self = .zstd
        case "application/x-bz2", "bzip2", "bzip", "application/x-lzma", "lzma", "xz", "application/x-brotli", "brotli":
            throw Self.refusal(of: name, ": not supported here; gzip is, and zstd where its library is installed")
        default: throw Self.refusal(of: name, "")
        }
    }

    /// What the header `compression` says.
    var type: String { self == .zlib ? BodyCompression.gzip.rawValue : BodyCompression.zstd.rawValue }

    /// - Throws: ``CeleriacError`` with code `unsupported` where the library is missing.
    func packed(_ bytes: [UInt8]) throws -> [UInt8] {
        switch self {
        case .zlib: try Zlib.packed(bytes)
        case .zstd: try Zstd.library().packed(bytes)
        }
    }

    /// - Parameters:
    ///   - limit: the most bytes that may come out.
    ///   - part: what it is, for errors: `body` or `result`.
    /// - Throws: ``CeleriacError`` with code `tooLarge`, `malformedMessage` or `unsupported`.
    func unpacked(_ packed: [UInt8], limit: Int, part: String) throws -> [UInt8] {
        let output: [UInt8]?
        switch self {
        case .zlib: output = try Zlib.unpacked(packed, limit: limit)
        case .zstd: output = try Zstd.library().unpacked(packed, limit: limit)
        }
        guard let output else {
            throw CeleriacError(.malformedMessage, "refused a \(part): it is not packed as \(type), or not whole")
        }
        guard output.count <= limit else {
            throw CeleriacError(.tooLarge, "refused a \(part) that unpacks to more than \(limit) bytes")
        }
        return output
    }

    private static func refusal(of name: String, _ reason: String) -> CeleriacError {
        // Foreign text: short and without control characters.
        CeleriacError(.unsupported, "refused compression \(String(name.prefix(80)).debugDescription)\(reason)")
    }
}
