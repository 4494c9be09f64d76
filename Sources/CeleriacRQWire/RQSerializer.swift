package import CeleriacCore
import CeleriacWire

/// How RQ turns arguments, results and metadata into bytes: a property of the queue, which no job records.
///
/// Source: RQ 3.0.0, `serializers.py`. Pickle is RQ's default; it is read as data, see ``Pickle``.
package enum RQSerializer: String, Sendable, Hashable, CaseIterable {
    case json, pickle

    /// Tells by the bytes: pickles of protocols from 2 on begin with 0x80, older ones end with a full stop. No JSON does.
    package init(detecting bytes: [UInt8]) {
        self = bytes.first == PickleOpcode.proto.rawValue || bytes.last == PickleOpcode.stop.rawValue ? .pickle : .json
    }

    /// Turns JSON text into what RQ's serialiser would make of the value: Python's JSON, or a pickle.
    ///
    /// For ``pickle`` kombu's tagged values become Python's own dates, bytes, decimals and UUIDs; for ``json`` they stay
    /// objects, since RQ's JSON has no such types.
    ///
    /// - Parameter json: compact JSON text of one value.
    /// - Throws: ``CeleriacError`` with code `malformedMessage` or `tooLarge`.
    package func serialized(_ json: [UInt8], limits: MessageLimits = MessageLimits()) throws -> [UInt8] {
        if self == .json { return PythonJSON.text(of: json) }
        return Pickle.encode(
            try Self.reading("JSON") { () throws(JSONError) in try PickleValue(json: json, limits: limits.json) })
    }

    /// Turns what a serialiser made into JSON text.
    ///
    /// - Throws: ``CeleriacError``: code `unsupported` where a pickle holds more than data, `malformedMessage`, `tooLarge`.
    package func json(of serialized: [UInt8], limits: MessageLimits = MessageLimits()) throws -> [UInt8] {
        if self == .pickle {
            return try Self.unpickled(serialized, limits: limits) { value throws(PickleError) in try value.json() }
        }
        return try Self.reading("JSON") { () throws(JSONError) in
            var reader = try JSONReader(serialized, limits: limits.json)
            let text = try reader.raw()
            try reader.finish()
            return text
        }
    }

    // MARK: Detail

    static func unpickled<Value>(
        _ bytes: [UInt8], limits: MessageLimits, _ body: (PickleValue) throws(PickleError) -> Value
    ) throws -> Value {
        do throws(PickleError) {
            return try body(try Pickle.decode(bytes, limits: PickleLimits(limits)))
        } catch {
            let code: CeleriacError.Code =
                switch error.code {
                case .refused, .unknownOpcode, .unknownProtocol, .notJSON: .unsupported
                case .tooLarge: .tooLarge
                default: .malformedMessage
                }
            throw CeleriacError(code, "refused a pickle: \(error)", underlying: error)
        }
    }

    static func reading<Value>(_ kind: String, _ body: () throws(JSONError) -> Value) throws -> Value {
        do throws(JSONError) { return try body() } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .malformedMessage, "refused \(kind): \(error)", underlying: error)
        }
    }
}

extension PickleLimits {
    /// As much as a body may have; as deep as its JSON.
    init(_ limits: MessageLimits) {
        self.init(bytes: limits.bodyBytes, depth: limits.json.depth, contentBytes: MessageLimits.hardBodyBytes)
    }
}
