/// Why bytes are no RESP, or more of it than is allowed.
package enum RESPViolation: Error, Sendable, Hashable, CustomStringConvertible {
    /// A value that begins with a byte that names no type.
    case unknownType(UInt8)
    /// A line that ends in LF without CR, or is longer than any line may be.
    case malformedLine
    /// A length, number, boolean or null that is none.
    case malformedValue(type: UInt8)
    /// A blob that is not followed by CR LF.
    case missingTerminator
    /// A push message within another value.
    case nestedPush
    /// Streamed strings and aggregates of RESP3, which no server is known to send.
    case streamed
    /// More than so many bytes.
    case tooLarge(limit: Int)
    case tooDeep(limit: Int)
    /// An answer that nobody asked for.
    case unasked

    package var description: String {
        switch self {
        case .unknownType(let byte):
            "byte \(byte) begins no value" + (Self.isTLS(byte) ? "; the server speaks TLS" : "")
        case .malformedLine: "a line without proper end"
        case .malformedValue(let type): "a malformed value of type \"\(Character(UnicodeScalar(type)))\""
        case .missingTerminator: "a blob without its end"
        case .nestedPush: "a push message within a value"
        case .streamed: "a streamed value, which is not supported"
        case .tooLarge(let limit): "an answer beyond \(limit) bytes"
        case .tooDeep(let limit): "an answer nested deeper than \(limit)"
        case .unasked: "an answer without a command"
        }
    }

    /// Alert and handshake records of TLS begin so.
    private static func isTLS(_ byte: UInt8) -> Bool { byte == 0x15 || byte == 0x16 }
}
