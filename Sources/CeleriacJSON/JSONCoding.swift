/// Encodes `Codable` values as JSON text and decodes them, without Foundation's coders.
///
/// The common types (booleans, strings, numbers, dates, UUIDs, data, URLs, decimals, ``JSONValue``; optionals, arrays
/// and string-keyed dictionaries of those) bypass `Codable`. Dates, UUIDs, decimals and data are written as kombu's
/// tagged values, which Python reads as its own types.
package enum JSONCoding {
    /// - Parameter nilMembers: how members that are `nil` are written.
    /// - Throws: `EncodingError`.
    package static func encode(_ value: some Encodable, nilMembers: NilMembers = .omitted) throws -> [UInt8] {
        var writer = JSONWriter()
        try writer.value(value, nilMembers: nilMembers)
        return writer.bytes
    }

    /// Reads one value with exact types: an integer does not accept a double, nor a string a number.
    ///
    /// - Parameter range: the part of the bytes that contains the value's text; all of them by default.
    /// - Throws: `DecodingError`; its text contains the position, never the input.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], in range: Range<Int>? = nil, limits: JSONLimits = JSONLimits()
    ) throws -> Value {
        let range = range ?? bytes.indices
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range exceeds the bytes")
        let document = JSONDocument(bytes: bytes, range: range, limits: limits)
        // The types are equal, so each bit cast is the identity.
        if type == Int.self { return unsafeBitCast(try document.int(), to: Value.self) }
        if type == String.self { return unsafeBitCast(try document.string(), to: Value.self) }
        if let coder = DirectCoder.coder(of: type) {
            return try document.read(type) { scanner throws(JSONError) in try scanner.read(type, by: coder) }
        }
        let root = DecodingNode(document)
        let value = try Value(from: root)
        try root.check()
        return value
    }
}

/// A text that will be decoded and is not checked yet.
struct JSONDocument {
    let bytes: [UInt8]
    let range: Range<Int>
    let limits: JSONLimits

    func int() throws -> Int {
        try read(Int.self) { scanner throws(JSONError) in try scanner.integer(Int.self) }
    }

    func string() throws -> String {
        try read(String.self) { scanner throws(JSONError) in try scanner.plainOrTaggedText() }
    }

    /// Reads the whole text as one value.
    @inline(__always)
    func read<Value>(
        _ type: Any.Type, _ body: (inout JSONScanner) throws(JSONError) -> Value
    ) throws -> Value {
        do throws(JSONError) {
            guard range.count <= limits.documentBytes else {
                throw JSONError(.tooLong, at: range.lowerBound, "\(range.count) bytes; at most \(limits.documentBytes)")
            }
            return try bytes.withUnsafeBufferPointer { text throws(JSONError) in
                var scanner = JSONScanner(UnsafeBufferPointer(rebasing: text[..<range.upperBound]), limits: limits)
                scanner.position = range.lowerBound
                let value = try body(&scanner)
                try scanner.finish()
                return value
            }
        } catch {
            let isNull = bytes.indices.contains(error.offset) && bytes[error.offset] == UInt8(ascii: "n")
            throw DecodingError(error, decoding: type, isNull: isNull, [])
        }
    }
}

extension JSONWriter {
    /// Writes any encodable value. If it throws, nothing is written.
    ///
    /// - Parameter nilMembers: how members that are `nil` are written.
    /// - Throws: `EncodingError`.
    package mutating func value(_ value: some Encodable, nilMembers: NilMembers = .omitted) throws {
        let start = mark
        do {
            if try direct(value) {
                if isTooDeep { throw EncodingOutput.tooDeep }
                return
            }
            bytes.reserveCapacity(max(bytes.count * 2, 128))
            let output = EncodingOutput(take(), nilMembers)
            defer { self = output.writer }
            try EncodingNode(output).putNested(value, at: ElementKey.none)
            try output.finish()
        } catch {
            reset(to: start)
            throw error
        }
    }
}
