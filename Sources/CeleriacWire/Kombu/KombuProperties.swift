import CeleriacCore

/// The properties of a message that any program reads.
struct KombuProperties: Sendable {
    var deliveryTag: String?
    var correlationID: String?
    var replyTo: String?
    var exchange: String?
    var routingKey: String?
    var priority = 0
    var isBase64 = false
    var isRedelivered = false
    var isPersistent = true

    init() {}

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            guard case .known(let place) = key else {
                try reader.skip()
                continue
            }
            switch Key.all[place] {
            case .deliveryTag: deliveryTag = try reader.stringOrNil()
            case .correlationID: correlationID = try reader.stringOrNil()
            case .replyTo: replyTo = try reader.stringOrNil()
            case .deliveryInfo: try readDeliveryInfo(&reader)
            case .priority: priority = try reader.intOrNil() ?? 0
            case .deliveryMode: isPersistent = try reader.intOrNil() != 1
            case .bodyEncoding: isBase64 = try reader.stringOrNil() == "base64"
            }
        }
    }

    private enum Key: String, CaseIterable {
        case deliveryTag = "delivery_tag"
        case correlationID = "correlation_id"
        case replyTo = "reply_to"
        case deliveryInfo = "delivery_info"
        case priority
        case deliveryMode = "delivery_mode"
        case bodyEncoding = "body_encoding"

        static let all = allCases
    }

    private static let keys = KeyTable(Key.all.map(\.rawValue))

    private mutating func readDeliveryInfo(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.routeKeys) {
            switch key {
            case .known(0): exchange = try reader.stringOrNil()
            case .known(1): routingKey = try reader.stringOrNil()
            case .known: isRedelivered = try reader.boolOrNil() ?? false
            case .other: try reader.skip()
            }
        }
    }

    private static let routeKeys = KeyTable(["exchange", "routing_key", "redelivered"])
}
