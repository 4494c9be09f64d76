/// Reads JSON piece by piece, in document order.
///
/// ```swift
/// var reader = try JSONReader(body)
/// try reader.beginArray()
/// while try reader.nextElement() { ranges.append(try reader.skip()) }
/// try reader.finish()
/// ```
///
/// As lenient as Python's `json` (see ``JSONValue/init(parsing:limits:)``). Do not use it after an error.
package struct JSONReader: Sendable {
    /// The kind of a value, by its first byte.
    package enum Kind: Sendable, Hashable {
        case null, bool, number, string, array, object
    }

    private let bytes: [UInt8]
    private let end: Int
    private var limits: JSONLimits
    private var state = JSONScanner.State()

    /// - Parameter range: the part of the bytes that contains JSON text; all of them by default.
    /// - Throws: ``JSONError`` with code `tooLong`.
    package init(
        _ bytes: [UInt8], in range: Range<Int>? = nil, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) {
        let range = range ?? bytes.indices
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range exceeds the bytes")
        guard range.count <= limits.documentBytes else {
            throw JSONError(.tooLong, at: range.lowerBound, "\(range.count) bytes; at most \(limits.documentBytes)")
        }
        self.bytes = bytes
        self.limits = limits
        end = range.upperBound
        state.position = range.lowerBound
    }

    /// The reader's position in the bytes.
    package var offset: Int { state.position }

    /// The kind of the next value; `nil` if there is none.
    package mutating func kind() -> Kind? {
        switch peek() {
        case .quote: return .string
        case .openBracket: return .array
        case .openBrace: return .object
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case .minus, .zero...UInt8(ascii: "9"), UInt8(ascii: "N"), UInt8(ascii: "I"): return .number
        default: return nil
        }
    }

    /// Reads the next value with other limits: its keys and containers are counted separately.
    ///
    /// - Parameter limits: the limits of the value; ``JSONLimits/documentBytes`` was checked at the beginning.
    package mutating func within<Value>(
        _ limits: JSONLimits, _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        let outer = (limits: self.limits, keys: state.keys)
        self.limits = limits
        state.keys = 0
        let value = try body(&self)
        (self.limits, state.keys) = outer
        return value
    }

    // MARK: Containers

    package mutating func beginArray() throws(JSONError) {
        try scan { scanner throws(JSONError) in try scanner.begin(object: false) }
    }

    /// Whether the innermost array has another element, which must be read or skipped next. If not, leaves the array.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try scan { scanner throws(JSONError) in try scanner.nextElement() }
    }

    package mutating func beginObject() throws(JSONError) {
        try scan { scanner throws(JSONError) in try scanner.begin(object: true) }
    }

    /// The next key of the innermost object; its value must be read or skipped next. `nil` if there is none; leaves the
    /// object.
    ///
    /// For objects whose keys are known: lone surrogates become U+FFFD, and Swift compares texts by canonical
    /// equivalence.
    package mutating func nextKey() throws(JSONError) -> String? {
        try scan { scanner throws(JSONError) in
            guard try scanner.nextMember() else { return nil }
            let name = try scanner.scanString()
            try scanner.passColon()
            return scanner.lossyText(of: name)
        }
    }

    /// As ``nextKey()``, for objects that may have any keys: each key is returned exactly.
    package mutating func nextExactKey() throws(JSONError) -> JSONKey? {
        try scan { scanner throws(JSONError) in
            guard try scanner.nextMember() else { return nil }
            let name = try scanner.scanString()
            try scanner.passColon()
            return scanner.key(of: name)
        }
    }

    /// Skips one value of any kind.
    ///
    /// - Returns: the range of the value in the bytes. It is well-formed and within the limits.
    @discardableResult
    package mutating func skip() throws(JSONError) -> Range<Int> {
        try scan { scanner throws(JSONError) in try scanner.skipValue() }
    }

    /// Skips one value of any kind.
    ///
    /// - Returns: its exact text.
    package mutating func raw() throws(JSONError) -> [UInt8] { Array(bytes[try skip()]) }

    /// Throws unless the text ends here.
    package mutating func finish() throws(JSONError) {
        try scan { scanner throws(JSONError) in try scanner.finish() }
    }

    // MARK: Values

    /// Skips `null` if it comes next.
    package mutating func null() throws(JSONError) -> Bool {
        try scan { scanner throws(JSONError) in try scanner.null() }
    }

    package mutating func bool() throws(JSONError) -> Bool {
        try scan { scanner throws(JSONError) in try scanner.bool() }
    }

    /// Reads an integer. Refuses a double, even one with an integral value.
    package mutating func int() throws(JSONError) -> Int {
        try scan { scanner throws(JSONError) in try scanner.integer(Int.self) }
    }

    /// Reads a double; accepts integers too.
    package mutating func double() throws(JSONError) -> Double {
        try scan { scanner throws(JSONError) in try scanner.double() }
    }

    /// Reads a string.
    ///
    /// - Throws: ``JSONError`` with code `loneSurrogate` if `String` cannot hold it.
    package mutating func string() throws(JSONError) -> String {
        try scan { scanner throws(JSONError) in try scanner.string() }
    }

    /// Reads a string for display: lone surrogates become U+FFFD.
    package mutating func lossyString() throws(JSONError) -> String {
        try scan { scanner throws(JSONError) in try scanner.lossyString() }
    }

    package mutating func value() throws(JSONError) -> JSONValue {
        try scan { scanner throws(JSONError) in try scanner.value() }
    }

    private mutating func peek() -> UInt8 {
        while state.position < end {
            let byte = bytes[state.position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            state.position += 1
        }
        return 0
    }

    /// Lends the bytes to a scanner for the duration of the call.
    mutating func scan<Value>(
        _ body: (inout JSONScanner) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        try bytes.withUnsafeBufferPointer { text throws(JSONError) in
            var scanner = JSONScanner(UnsafeBufferPointer(rebasing: text[..<end]), limits: limits, state: state)
            defer { state = scanner.state }
            return try body(&scanner)
        }
    }
}
