/// How a body is packed, by the MIME type that Celery's header `compression` carries.
public struct BodyCompression: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// A zlib stream (RFC 1950), for all that its type says.
    public static let gzip = BodyCompression(rawValue: "application/x-gzip")
    /// Where the zstd library is on the machine.
    public static let zstd = BodyCompression(rawValue: "application/zstd")
}
