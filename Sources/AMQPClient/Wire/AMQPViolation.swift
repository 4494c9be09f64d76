/// The reason why bytes are not AMQP 0-9-1, exceed the limits, or arrive where the protocol does not allow them; also the
/// reason why a value cannot be written.
enum AMQPViolation: Error, Sendable, Hashable, CustomStringConvertible {
    /// A frame begins with an octet that is not a type.
    case unknownFrame(UInt8)
    /// The server answered with its own protocol header: it speaks another version.
    case otherVersion
    /// A frame announces more bytes than both sides agreed on.
    case frameTooLarge(size: Int, limit: Int)
    /// The octet after a frame's payload is not 0xCE.
    case wrongFrameEnd(UInt8)
    /// A value is longer than what contains it.
    case truncated(String)
    /// A method's payload has more bytes than the method takes.
    case excess(Int)
    case unknownFieldType(UInt8)
    /// Tables and arrays are nested deeper than this.
    case tooDeep(limit: Int)
    case unknownMethod(MethodID)
    /// A method that the state of the connection or channel does not allow.
    case unexpectedMethod(MethodID)
    /// A content frame that the state of the channel does not allow.
    case unexpectedFrame(String)
    /// A frame of a channel that is not open.
    case unopenedChannel(UInt16)
    /// A content header that breaks the format.
    case malformedHeader(String)
    /// The server confirmed or delivered under a tag that it has not been given.
    case unknownTag(UInt64)
    /// A name or a text longer than 255 bytes.
    case longName(Int)
    /// A name or a text that contains the character NUL.
    case nulInName

    /// The reply code that `connection.close` carries for it (AMQP 0-9-1, section 1.2, "constants").
    var replyCode: UInt16 {
        switch self {
        case .unknownFrame, .otherVersion, .frameTooLarge, .wrongFrameEnd: 501
        case .truncated, .excess, .unknownFieldType, .tooDeep, .malformedHeader, .longName, .nulInName: 502
        case .unexpectedMethod, .unknownTag: 503
        case .unopenedChannel: 504
        case .unexpectedFrame: 505
        case .unknownMethod: 540
        }
    }

    var description: String {
        switch self {
        case .unknownFrame(let octet):
            "octet \(octet) begins no frame" + (Self.isTLS(octet) ? "; the server speaks TLS" : "")
        case .otherVersion: "the server speaks another version than AMQP 0-9-1"
        case .frameTooLarge(let size, let limit): "a frame of \(size) bytes, where \(limit) are the limit"
        case .wrongFrameEnd(let octet): "a frame that ends with octet \(octet)"
        case .truncated(let part): "\(part) is cut off"
        case .excess(let count): "\(count) bytes too many in a method"
        case .unknownFieldType(let octet): "a field of unknown type \(octet)"
        case .tooDeep(let limit): "tables nested deeper than \(limit)"
        case .unknownMethod(let id): "the unknown method \(id)"
        case .unexpectedMethod(let id): "\(id) out of order"
        case .unexpectedFrame(let kind): "\(kind) out of order"
        case .unopenedChannel(let number): "a frame of channel \(number), which is not open"
        case .malformedHeader(let reason): "a content header with \(reason)"
        case .unknownTag(let tag): "the unknown delivery tag \(tag)"
        case .longName(let count): "a name of \(count) bytes; 255 are the limit"
        case .nulInName: "a name that contains the character NUL"
        }
    }

    /// The first octets of TLS alert and handshake records.
    private static func isTLS(_ octet: UInt8) -> Bool { octet == 0x15 || octet == 0x16 }
}
