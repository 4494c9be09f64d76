/// A regular expression that must match the beginning of a node's name: Celery's matcher `pcre`.
///
/// Anybody who can write to the broker can send one, and workers evaluate it where they renew their leases. It
/// therefore runs as an automaton that is in all its states at once and never backtracks: no expression takes more
/// steps than its length times the name's length. It supports characters, `.`, sets (`[a-z]`, `[^@]`), `\d`, `\w`, `\s`
/// and their opposites, `^`, `$`, `|`, groups, `*`, `+` and `?`. An expression that is longer than ``longest``, or
/// contains anything else, is rejected.
///
/// Source of the method: Thompson, "Regular expression search algorithm", CACM 11 (1968).
struct NodeExpression: Sendable {
    enum Step: Sendable {
        case one(NodeCharacters)
        /// Continues at two places, given relative to this one.
        case split(Int, Int)
        case jump(Int)
        case start, end
    }

    /// The most characters that an expression may have.
    static let longest = 200

    private let steps: [Step]

    /// - Returns: `nil` for an expression that is not supported.
    init?(_ text: String) {
        guard text.unicodeScalars.count <= Self.longest, let steps = NodeExpressionParser.steps(of: text) else {
            return nil
        }
        self.steps = steps
    }

    /// Whether the name begins with a match, as in Python's `re.match`.
    func fits(_ name: String) -> Bool {
        let scalars = Array(name.unicodeScalars)
        var places = reached([0], at: 0, scalars.count)
        for (index, scalar) in scalars.enumerated() {
            if places.contains(steps.count) { return true }
            let next = places.filter { place in
                if case .one(let characters) = steps[place] { characters.contains(scalar) } else { false }
            }
            if next.isEmpty { return false }
            places = reached(next.map { $0 + 1 }, at: index + 1, scalars.count)
        }
        return places.contains(steps.count)
    }

    /// The places that can be reached without consuming a character, each once; `steps.count` is the end of the
    /// expression.
    private func reached(_ places: [Int], at index: Int, _ count: Int) -> [Int] {
        var isSeen = [Bool](repeating: false, count: steps.count + 1)
        var reached: [Int] = []
        var open = places
        while let place = open.popLast() {
            guard !isSeen[place] else { continue }
            isSeen[place] = true
            guard place < steps.count else {
                reached.append(place)
                continue
            }
            switch steps[place] {
            case .one: reached.append(place)
            case .split(let first, let second): open += [place + second, place + first]
            case .jump(let distance): open.append(place + distance)
            case .start: if index == 0 { open.append(place + 1) }
            case .end: if index == count { open.append(place + 1) }
            }
        }
        return reached
    }
}

/// The characters that one place of an expression matches.
struct NodeCharacters: Sendable {
    enum Kind: Sendable {
        case any, digit, word, space
        case range(ClosedRange<Unicode.Scalar>)

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any: scalar != "\n"
            case .digit: scalar.properties.generalCategory == .decimalNumber
            case .word: scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            case .space: scalar.properties.isWhitespace
            case .range(let range): range.contains(scalar)
            }
        }
    }

    /// The kinds, and whether each one is included or everything except it.
    var kinds: [(kind: Kind, isMeant: Bool)] = []
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        kinds.contains { $0.kind.contains(scalar) == $0.isMeant } != isNegated
    }
}
