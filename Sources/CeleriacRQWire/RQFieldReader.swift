import CeleriacCore
import CeleriacWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads the fields of one hash or entry, with errors that name the field. As in RQ, an empty field counts as missing.
struct RQFieldReader {
    /// The name of the object that is read, for errors: `a job` or `a worker`.
    let thing: String
    let limits: MessageLimits
    private let values: [String: [UInt8]]

    init(_ fields: RQFields, of thing: String, limits: MessageLimits) {
        self.thing = thing
        self.limits = limits
        values = Dictionary(fields.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    func bytes(_ name: String) -> [UInt8]? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    func text(_ name: String) throws -> String? {
        guard let bytes = bytes(name) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw refusal(name, "it is not UTF-8") }
        return text
    }

    func integer(_ name: String) throws -> Int? {
        guard let text = try text(name) else { return nil }
        guard let value = Int(text) else { throw refusal(name, "\(Self.shown(text)) is not an integer") }
        return value
    }

    func span(_ name: String) throws -> RQSpan? { try integer(name).map(RQSpan.init(seconds:)) }

    func flag(_ name: String) throws -> Bool? { try integer(name).map { $0 != 0 } }

    /// Reads a count: zero if it is missing.
    func count(_ name: String) throws -> Int {
        let value = try integer(name) ?? 0
        guard value >= 0 else { throw refusal(name, "\(value) is negative") }
        return Int(count: value)
    }

    func double(_ name: String) throws -> Double? {
        guard let text = try text(name) else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw refusal(name, "\(Self.shown(text)) is not a number")
        }
        return value
    }

    func date(_ name: String) throws -> Date? {
        guard let text = try text(name) else { return nil }
        guard let date = RQTime.parse(text) else { throw refusal(name, "\(Self.shown(text)) is not a date") }
        return date
    }

    /// Reads a date in seconds since 1970.
    func secondsDate(_ name: String) throws -> Date? {
        guard let text = try text(name) else { return nil }
        guard let date = RQTime.date(seconds: text) else {
            throw refusal(name, "\(Self.shown(text)) is not a number of seconds since 1970")
        }
        return date
    }

    /// Reads a field of JSON text.
    func json<Value>(_ name: String, _ read: (inout JSONReader) throws(JSONError) -> Value) throws -> Value? {
        guard let bytes = bytes(name) else { return nil }
        do throws(JSONError) {
            var reader = try JSONReader(bytes, limits: limits.json)
            let value = try read(&reader)
            try reader.finish()
            return value
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .malformedMessage, "refused the field \(name) of \(thing): \(error)",
                underlying: error)
        }
    }

    /// Returns a field, unpacked if it begins as a zlib stream. As in RQ, other content is returned unchanged.
    func unpacked(_ name: String) throws -> [UInt8]? {
        guard let bytes = bytes(name) else { return nil }
        return bytes.beginsAsZlib ? try inflated(bytes, name) : bytes
    }

    /// Unpacks a zlib stream.
    func inflated(_ bytes: [UInt8], _ name: String) throws -> [UInt8] {
        guard let content = try Zlib.unpacked(bytes, limit: limits.bodyBytes) else {
            throw refusal(name, "it is not a complete zlib stream")
        }
        guard content.count <= limits.bodyBytes else {
            throw CeleriacError(
                .tooLarge,
                "refused the field \(name) of \(thing): it decompresses to more than \(limits.bodyBytes) bytes")
        }
        return content
    }

    func refusal(_ name: String, _ reason: String) -> CeleriacError {
        CeleriacError(.malformedMessage, "refused the field \(name) of \(thing): \(reason)")
    }

    /// Shows foreign text, shortened and without control characters.
    static func shown(_ text: String) -> String { String(text.prefix(40)).debugDescription }
}

extension [UInt8] {
    /// Whether the first two bytes are those of a zlib stream (RFC 1950, 2.2): method 8, and a multiple of 31.
    var beginsAsZlib: Bool {
        count >= 2 && self[0] & 0x0F == 8 && (Int(self[0]) << 8 | Int(self[1])).isMultiple(of: 31)
    }
}
