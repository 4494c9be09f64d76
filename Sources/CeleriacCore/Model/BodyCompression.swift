/// How a body is compressed, as the MIME type that Celery's header `compression` carries.
public struct BodyCompression: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// A zlib stream (RFC 1950), although the MIME type says gzip.
    public static let gzip = BodyCompression(rawValue: "application/x-gzip")
    /// Needs the zstd library on the machine (`libzstd.so.1`).
    public static let zstd = BodyCompression(rawValue: "application/zstd")
    /// Needs the bzip2 library on the machine (`libbz2.so.1.0`).
    public static let bzip2 = BodyCompression(rawValue: "application/x-bz2")
    /// The container of `.xz` files. Needs the xz library on the machine (`liblzma.so.5`).
    public static let xz = BodyCompression(rawValue: "application/x-lzma")
}
