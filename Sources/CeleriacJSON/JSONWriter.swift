/// Writes compact JSON directly: no whitespace, UTF-8, only the required escapes.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.key("retries")
/// writer.int(3)
/// writer.endObject()
/// writer.bytes                       // {"retries":3}
/// ```
///
/// It writes the commas; the caller must alternate keys and values in an object.
package struct JSONWriter: Sendable {
    package var bytes: [UInt8]
    private var needsComma = false
    /// The number of open containers.
    private(set) var depth = 0
    /// Whether each of the outermost 64 containers is an object, the innermost in the lowest bit.
    private var kinds: UInt64 = 0
    /// Whether more than ``JSONLimits/hardDepth`` containers were open at once: no reader would accept such text.
    private(set) var isTooDeep = false

    package init() { bytes = [] }

    /// Opens a closed array or object again, so that more elements can be appended.
    ///
    /// - Parameter text: compact text such as `[1,2]` or `{}`, as this writer made it.
    package init(reopening text: [UInt8]) {
        precondition(text.last == .closeBracket || text.last == .closeBrace, "only an array or object can be reopened")
        bytes = text
        depth = 1
        kinds = bytes.removeLast() == .closeBrace ? 1 : 0
        needsComma = bytes.count > 1
    }

    // MARK: Containers

    package mutating func beginArray() { begin(.openBracket, object: false) }
    package mutating func endArray() { end(.closeBracket) }
    package mutating func beginObject() { begin(.openBrace, object: true) }
    package mutating func endObject() { end(.closeBrace) }

    package mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(.colon)
        isAfterKey()
    }

    package mutating func key(_ name: JSONKey) {
        guard let illFormed = name.illFormed else { return key(name.text) }
        separate()
        appendQuoted(illFormed)
        bytes.append(.colon)
        isAfterKey()
    }

    /// Marks that a value follows a key, so that no comma is written.
    mutating func isAfterKey() { needsComma = false }

    /// Closes everything that is still open; supports at most 64 nested containers.
    package mutating func close() {
        precondition(depth <= 64, "too many open containers to know them all")
        while depth > 0 { end(kinds & 1 == 1 ? .closeBrace : .closeBracket) }
    }

    // MARK: Values

    package mutating func null() { raw("null") }
    package mutating func bool(_ value: Bool) { value ? raw("true") : raw("false") }

    package mutating func int(_ value: some BinaryInteger) {
        separate()
        if let small = Int64(exactly: value) {
            appendDecimal(small.magnitude, isNegative: small < 0)
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
    }

    package mutating func int(_ value: Int) {
        separate()
        appendDecimal(UInt64(value.magnitude), isNegative: value < 0)
    }

    /// Writes the shortest text, in Python's form, that reads back as the same double: `1.0`, `1e+22`, `NaN`,
    /// `-Infinity`.
    package mutating func double(_ value: Double) {
        if value.isFinite {
            separate()
            bytes.append(contentsOf: value.description.utf8)
        } else {
            value.isNaN ? raw("NaN") : value < 0 ? raw("-Infinity") : raw("Infinity")
        }
    }

    package mutating func string(_ value: String) {
        separate()
        appendQuoted(value)
    }

    /// Writes text that is JSON already: one whole value.
    package mutating func raw(_ text: [UInt8]) {
        separate()
        bytes.append(contentsOf: text)
    }

    /// Writes part of another text that is JSON already: one whole value.
    package mutating func raw(_ text: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
    }

    // MARK: Going back

    /// A position in the text to which the writer can be reset.
    struct Mark {
        fileprivate let count: Int
        fileprivate let depth: Int
        fileprivate let kinds: UInt64
        fileprivate let needsComma: Bool
    }

    var mark: Mark { Mark(count: bytes.count, depth: depth, kinds: kinds, needsComma: needsComma) }

    /// Discards everything written since the mark.
    mutating func reset(to mark: Mark) {
        bytes.removeLast(bytes.count - mark.count)
        depth = mark.depth
        kinds = mark.kinds
        isTooDeep = false
        needsComma = mark.needsComma
    }

    /// Moves the writer out, with its bytes still uniquely referenced.
    mutating func take() -> JSONWriter {
        let writer = self
        self = JSONWriter()
        return writer
    }

    // MARK: Detail

    /// Writes one whole value that is JSON text already.
    package mutating func raw(_ text: StaticString) {
        separate()
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Writes a comma if one is due. The next value is complete, so the value after it needs a comma again.
    package mutating func separate() {
        if needsComma { bytes.append(.comma) }
        needsComma = true
    }

    private mutating func begin(_ bracket: UInt8, object: Bool) {
        separate()
        bytes.append(bracket)
        needsComma = false
        depth += 1
        kinds = kinds << 1 | (object ? 1 : 0)
        isTooDeep = isTooDeep || depth > JSONLimits.hardDepth
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
        depth -= 1
        kinds >>= 1
    }
}
