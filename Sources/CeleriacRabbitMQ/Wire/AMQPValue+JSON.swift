import AMQPClient
import CeleriacCore
import CeleriacWire

/// Headers from JSON text to the types of a field table. Each value becomes what py-amqp makes of it: `S`, `t`, `I` or
/// `L`, `d`, `V`, `A` and `F`.
extension AMQPTable {
    /// Reads the next value, an object, as the headers of a message. Skips ``ReservedHeaders``. Lone surrogates in names
    /// become U+FFFD, because names in AMQP are valid text.
    init(headersFrom reader: inout JSONReader) throws(JSONError) {
        try self.init(from: &reader) { ReservedHeaders.contains($0) }
    }

    /// Reads the next value, an object.
    fileprivate init(from reader: inout JSONReader) throws(JSONError) { try self.init(from: &reader) { _ in false } }

    private init(from reader: inout JSONReader, without isSkipped: (String) -> Bool) throws(JSONError) {
        var entries: [Entry] = []
        entries.reserveCapacity(24)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if isSkipped(name) {
                try reader.skip()
            } else {
                entries.append(Entry(name, try AMQPValue(from: &reader)))
            }
        }
        self.init(entries: entries)
    }
}

extension AMQPValue {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        switch reader.kind() {
        case .object: self = AMQPValue(untagging: try AMQPTable(from: &reader))
        case .array: self = .array(try Self.elements(of: &reader))
        default: self.init(try reader.value())
        }
    }

    private static func elements(of reader: inout JSONReader) throws(JSONError) -> [AMQPValue] {
        var elements: [AMQPValue] = []
        try reader.beginArray()
        while try reader.nextElement() { elements.append(try AMQPValue(from: &reader)) }
        return elements
    }

    /// Converts a scalar.
    private init(_ value: JSONValue) {
        switch value {
        case .bool(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .double(let value): self = .double(value)
        case .string(let text): self = .string(text)
        // A field has at most 64 bits. Text keeps every digit.
        case .bigInteger(let digits): self = .string(digits)
        // Python's strings may hold lone surrogates; py-amqp writes them in this form.
        case .illFormedString(let text): self = .malformedString(text.bytes)
        case .null, .array, .object: self = .null
        }
    }
}
