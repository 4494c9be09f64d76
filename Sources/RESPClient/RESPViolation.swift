/// The reason why bytes are not RESP, or exceed the limits.
package enum RESPViolation: Error, Sendable, Hashable, CustomStringConvertible {
    /// A value begins with a byte that is not a type.
    case unknownType(UInt8)
    /// A line ends in LF without CR, or is longer than any line may be.
    case malformedLine
    /// A length, number, boolean or null is malformed.
    case malformedValue(type: UInt8)
    /// A blob is not followed by CR LF.
    case missingTerminator
    /// A push message is nested within another value.
    case nestedPush
    /// Streamed strings and aggregates of RESP3, which no known server sends.
    case streamed
    /// An answer is larger than this many bytes.
    case tooLarge(limit: Int)
    case tooDeep(limit: Int)
    /// An answer arrived to which there is no command.
    case unasked

    package var description: String {
        switch self {
        case .unknownType(let byte):
            "no value begins with byte \(byte)" + (Self.isTLS(byte) ? "; the server speaks TLS" : "")
        case .malformedLine: "a line that does not end in CR LF"
        case .malformedValue(let type): "a malformed value of type \"\(Character(UnicodeScalar(type)))\""
        case .missingTerminator: "a blob that does not end in CR LF"
        case .nestedPush: "a push message within a value"
        case .streamed: "a streamed value, which is not supported"
        case .tooLarge(let limit): "an answer of more than \(limit) bytes"
        case .tooDeep(let limit): "an answer nested deeper than \(limit)"
        case .unasked: "an answer without a command"
        }
    }

    /// The first bytes of TLS alert and handshake records.
    private static func isTLS(_ byte: UInt8) -> Bool { byte == 0x15 || byte == 0x16 }
}
