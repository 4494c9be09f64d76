/// Walks over JSON text and checks limits: anything too large is refused before memory is allocated for it.
///
/// Skipping never recurses, so depth costs no stack. Valid only in the scope that lends it the text.
struct JSONScanner {
    /// The state of a scanner between two uses of the text.
    struct State: Sendable {
        var position = 0
        /// The number of keys passed so far.
        var keys = 0
        /// The number of open containers.
        var depth = 0
        /// Whether the innermost container has just been entered, so that no comma is expected.
        var isFirst = false
    }

    let text: UnsafeBufferPointer<UInt8>
    let limits: JSONLimits
    var state: State

    init(_ text: UnsafeBufferPointer<UInt8>, limits: JSONLimits, state: State = State()) {
        self.text = text
        self.limits = limits
        self.state = state
    }

    @inline(__always)
    var position: Int {
        get { state.position }
        set { state.position = newValue }
    }

    /// The byte at the position; after the end zero, which occurs in no grammar rule.
    @inline(__always)
    var byte: UInt8 { state.position < text.count ? text[state.position] : 0 }

    @inline(__always)
    mutating func skipBlanks() {
        while state.position < text.count {
            switch text[state.position] {
            case 0x20, 0x0A, 0x0D, 0x09: state.position += 1
            default: return
            }
        }
    }

    // MARK: Containers

    mutating func begin(object: Bool) throws(JSONError) {
        skipBlanks()
        guard byte == (object ? .openBrace : .openBracket) else {
            throw mismatch(object ? "an object" : "an array")
        }
        try enter()
    }

    /// Advances to the next element of the innermost array.
    ///
    /// - Returns: whether there is one; if not, leaves the array.
    mutating func nextElement() throws(JSONError) -> Bool { try next(before: .closeBracket) }

    /// Advances to the next key of the innermost object; read the key next, then call `passColon()`.
    mutating func nextMember() throws(JSONError) -> Bool {
        guard try next(before: .closeBrace) else { return false }
        skipBlanks()
        try countKey()
        return true
    }

    mutating func passColon() throws(JSONError) {
        skipBlanks()
        guard byte == .colon else { throw syntax("a colon is missing") }
        position += 1
        skipBlanks()
    }

    /// Throws if anything but whitespace is left.
    mutating func finish() throws(JSONError) {
        skipBlanks()
        guard position == text.count else { throw syntax("there is text after the end of the value") }
    }

    private mutating func enter() throws(JSONError) {
        guard state.depth < limits.depth else {
            throw JSONError(.tooDeep, at: position, "containers nested more than \(limits.depth) deep")
        }
        state.depth += 1
        position += 1
        state.isFirst = true
    }

    private mutating func next(before bracket: UInt8) throws(JSONError) -> Bool {
        skipBlanks()
        if byte == bracket {
            position += 1
            state.depth -= 1
            state.isFirst = false
            return false
        }
        if state.isFirst {
            state.isFirst = false
            return true
        }
        guard byte == .comma else { throw syntax("a comma or the container's end is missing") }
        position += 1
        return true
    }

    private mutating func countKey() throws(JSONError) {
        state.keys += 1
        guard state.keys <= limits.keys else {
            throw JSONError(.tooManyKeys, at: position, "more than \(limits.keys) keys")
        }
    }

    // MARK: Skipping

    /// Skips one value and checks all of it.
    ///
    /// - Returns: its range, without whitespace around it.
    @discardableResult
    mutating func skipValue() throws(JSONError) -> Range<Int> {
        skipBlanks()
        let start = position
        if byte == .openBracket || byte == .openBrace { try skipContainer() } else { try skipScalar() }
        return start..<position
    }

    private mutating func skipScalar() throws(JSONError) {
        switch byte {
        case .quote: _ = try scanString()
        case .minus, .zero...UInt8(ascii: "9"): _ = try scanNumber()
        default: _ = try scanWord()
        }
    }

    private mutating func skipContainer() throws(JSONError) {
        var open = BracketStack()
        repeat {
            skipBlanks()
            if byte == .openBracket || byte == .openBrace {
                open.push(object: byte == .openBrace)
                try enter()
            } else {
                try skipScalar()
            }
            try passSeparators(&open)
        } while !open.isEmpty
    }

    /// Leaves the containers that end here, then skips the comma and the key before the next value.
    private mutating func passSeparators(_ open: inout BracketStack) throws(JSONError) {
        while !open.isEmpty {
            if !open.isInObject {
                if try nextElement() { return }
            } else if try nextMember() {
                _ = try scanString()
                return try passColon()
            }
            open.pop()
        }
    }

    // MARK: Errors

    func syntax(_ reason: String) -> JSONError {
        position >= text.count
            ? JSONError(.syntax, at: text.count, "the text ends too early") : JSONError(.syntax, at: position, reason)
    }

    /// The error for a value that is well-formed, but not of an expected type.
    func mismatch(_ expected: String) -> JSONError {
        switch byte {
        case .quote, .openBracket, .openBrace, .minus, .zero...UInt8(ascii: "9"), UInt8(ascii: "n"), UInt8(ascii: "t"),
            UInt8(ascii: "f"), UInt8(ascii: "N"), UInt8(ascii: "I"):
            JSONError(.typeMismatch, at: position, "expected \(expected)")
        default: syntax("expected \(expected)")
        }
    }
}
