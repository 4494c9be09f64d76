package import CeleriacCore

/// MessagePack as kombu's serializer `msgpack` writes and reads it: `packb(use_bin_type=True)`, `unpackb(raw=False)`.
///
/// Bytes are tagged as in kombu's JSON. Dates, decimals and UUIDs are written as text, because Python's `msgpack`
/// cannot write them at all. Extension types are refused by name.
/// Source: the MessagePack specification (github.com/msgpack/msgpack, spec.md); `msgpack` 1.2; `kombu/serialization.py`, 5.7.
package struct MessagePackCoder: BodyCoder {
    package static let serializer = Serializer(
        "msgpack", contentType: "application/x-msgpack", contentEncoding: "binary", coder: MessagePackCoder())

    package init() {}

    package func json(of bytes: [UInt8], limits: JSONLimits, atMost most: Int) throws -> [UInt8] {
        do throws(MessagePackError) {
            var reader = MessagePackReader(bytes, limits: limits, atMost: most)
            return try reader.document()
        } catch {
            throw CeleriacError(error.code, "refused MessagePack: \(error.reason)")
        }
    }

    package func bytes(ofJSON text: [UInt8]) throws -> [UInt8] {
        var writer = MessagePackWriter()
        var reader = try JSONReader(text, limits: .checkedBefore)
        try writer.write(&reader)
        try reader.finish()
        return writer.bytes
    }
}

/// Why a document was refused. Contains the place, never the data.
struct MessagePackError: Error {
    let code: CeleriacError.Code
    let reason: String

    init(_ code: CeleriacError.Code, at offset: Int, _ reason: String) {
        self.code = code
        self.reason = "\(reason), at byte \(offset)"
    }
}
