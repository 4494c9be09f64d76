package import CeleriacCore
import CeleriacWire

/// The encoding of arguments, results and metadata in RQ: a property of the queue, which no job records.
///
/// Source: RQ 3.0.0, `serializers.py`. Pickle is RQ's default; it is read as data, see ``Pickle``.
package enum RQSerializer: String, Sendable, Hashable, CaseIterable {
    case json, pickle

    /// Detects the serialiser from the bytes: pickles of protocol 2 and later begin with 0x80, older ones end with a
    /// full stop. JSON does neither.
    package init(detecting bytes: [UInt8]) {
        self = bytes.first == PickleOpcode.proto.rawValue || bytes.last == PickleOpcode.stop.rawValue ? .pickle : .json
    }

    /// Converts JSON text to the output of RQ's serialiser for the same value: Python's JSON, or a pickle.
    ///
    /// With ``pickle``, kombu's tagged values become Python's own dates, bytes, decimals and UUIDs. With ``json`` they
    /// stay objects, because RQ's JSON has no such types.
    ///
    /// - Parameter json: compact JSON text of one value.
    /// - Throws: ``CeleriacError`` with code `malformedMessage` or `tooLarge`.
    package func serialized(_ json: [UInt8], limits: MessageLimits = MessageLimits()) throws -> [UInt8] {
        if self == .json { return PythonJSON.text(of: json) }
        return Pickle.encode(
            try Self.reading("JSON") { () throws(JSONError) in try PickleValue(json: json, limits: limits.json) })
    }

    /// Converts the output of the serialiser to JSON text.
    ///
    /// - Throws: ``CeleriacError``: code `unsupported` if a pickle holds more than data, `malformedMessage`,
    ///   `tooLarge`.
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
    /// Allows as much content as a body may have, and the same depth as its JSON.
    init(_ limits: MessageLimits) {
        self.init(bytes: limits.bodyBytes, depth: limits.json.depth, contentBytes: MessageLimits.hardBodyBytes)
    }
}
