/// The kinds of the open brackets, one bit each; does not allocate, because every skip creates one.
struct BracketStack {
    private var words = SIMD8<UInt64>()
    private(set) var depth = 0

    /// The same depth as ``JSONLimits/hardDepth``.
    static let capacity = 8 * 64

    var isEmpty: Bool { depth == 0 }

    /// Whether the innermost open bracket is an object's. Meaningless if the stack is empty.
    var isInObject: Bool {
        let place = depth - 1
        return words[place >> 6] >> UInt64(place & 63) & 1 == 1
    }

    mutating func push(object: Bool) {
        let bit: UInt64 = 1 << UInt64(depth & 63)
        if object { words[depth >> 6] |= bit } else { words[depth >> 6] &= ~bit }
        depth += 1
    }

    mutating func pop() { depth -= 1 }
}
