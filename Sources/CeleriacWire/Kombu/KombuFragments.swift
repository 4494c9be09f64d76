import CeleriacCore

/// The readable parts of an unreadable message.
struct KombuFragments: Sendable {
    private(set) var tag: String?
    private(set) var id: String?
    private(set) var correlationID: String?
    private var body: Range<Int>?
    private let raw: [UInt8]

    private static let limits = JSONLimits(keys: .max, stringBytes: .max, documentBytes: .max)

    init(_ raw: [UInt8]) {
        self.raw = raw
        // Keeps what was read before an error.
        try? read()
    }

    private mutating func read() throws(JSONError) {
        var reader = try JSONReader(raw, limits: Self.limits)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch (key, reader.kind()) {
            case ("headers", .object): try readHeaders(&reader)
            case ("properties", .object): try readProperties(&reader)
            case ("body", .string): body = try reader.skip()
            default: try reader.skip()
            }
        }
    }

    private mutating func readHeaders(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if name == "id" { id = try reader.stringOrNil() } else { try reader.skip() }
        }
    }

    private mutating func readProperties(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch name {
            case "delivery_tag": tag = try reader.stringOrNil()
            case "correlation_id": correlationID = try reader.stringOrNil()
            default: try reader.skip()
            }
        }
    }

    /// The id in a body of Celery's protocol 1, as text or in base64, with its padding or without.
    var idInBody: String? {
        guard let body, body.count <= Protocol1.mostSearchedBytes,
            var text = try? JSONReader(raw, in: body, limits: Self.limits), let text = try? text.string()
        else { return nil }
        return Protocol1.id(in: Array(text.utf8)) ?? Self.decoded(text).flatMap { Protocol1.id(in: $0) }
    }

    private static func decoded(_ text: String) -> [UInt8]? {
        var text = Array(text.utf8)
        while text.last == UInt8(ascii: "=") { text.removeLast() }
        text += [UInt8](repeating: UInt8(ascii: "="), count: (4 - text.count % 4) % 4)
        return Base64.decode(text[...])
    }
}
