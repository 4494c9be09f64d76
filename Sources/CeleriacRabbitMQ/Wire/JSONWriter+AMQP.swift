#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import AMQPClient
import CeleriacCore
import CeleriacWire

/// Headers from a field table to JSON text.
extension JSONWriter {
    /// Writes the headers of a message as one object, without ``ReservedHeaders``.
    ///
    /// - Parameter deepest: the most levels of nested tables and arrays.
    mutating func headers(_ table: AMQPTable, deepest: Int) throws(JSONError) {
        beginObject()
        for entry in table where !ReservedHeaders.contains(entry.name) {
            key(entry.name)
            try write(entry.value, levels: deepest - 1)
        }
        endObject()
    }

    private mutating func write(_ value: AMQPValue, levels: Int) throws(JSONError) {
        switch value {
        case .null: null()
        case .boolean(let value): bool(value)
        case .integer(let value): int(Int(value))
        case .double(let value): double(value)
        case .string(let text): string(text)
        case .malformedString(let bytes): malformed(bytes)
        case .bytes(let bytes): taggedBytes(bytes)
        case .decimal(let scale, let value): tagged("decimal", AMQPValue.decimalText(value, scale: scale))
        case .timestamp(let seconds): timestamp(seconds)
        case .array(let values): try array(values, levels: levels)
        case .table(let table): try object(table, levels: levels)
        }
    }

    private mutating func array(_ values: [AMQPValue], levels: Int) throws(JSONError) {
        try check(levels)
        beginArray()
        for value in values { try write(value, levels: levels - 1) }
        endArray()
    }

    private mutating func object(_ table: AMQPTable, levels: Int) throws(JSONError) {
        try check(levels)
        beginObject()
        for entry in table {
            key(entry.name)
            try write(entry.value, levels: levels - 1)
        }
        endObject()
    }

    private func check(_ levels: Int) throws(JSONError) {
        guard levels > 0 else { throw JSONError(.tooDeep, at: bytes.count, "the headers are nested too deeply") }
    }

    /// A text with Python's lone surrogates stays text. Any other text that is not UTF-8 becomes tagged bytes, because
    /// py-amqp reads it as bytes, too.
    private mutating func malformed(_ bytes: [UInt8]) {
        if let text = IllFormedString(bytes: bytes) { string(text) } else { taggedBytes(bytes) }
    }

    /// A time that Python's dates do not reach is written as a number of seconds.
    private mutating func timestamp(_ seconds: UInt64) {
        guard seconds <= Self.lastSecond else { return int(seconds) }
        tagged("datetime", ISODate.text(Date(timeIntervalSince1970: Double(seconds))))
    }

    /// The last second of the year 9999.
    private static let lastSecond: UInt64 = 253_402_300_799
}
