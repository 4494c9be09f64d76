/// A regular expression that the name of a node is to begin with: Celery's matcher `pcre`.
///
/// Whoever may write to the broker may send one, and workers try it where they renew their leases. It is therefore run as an
/// automaton that is in all its states at once, and never goes back: no expression takes longer than its length times the
/// name's. It knows characters, `.`, sets (`[a-z]`, `[^@]`), `\d`, `\w`, `\s` and their opposites, `^`, `$`, `|`, groups, `*`,
/// `+` and `?`. An expression that is longer than ``longest``, or has anything else in it, cannot be read.
///
/// Source of the method: Thompson, "Regular expression search algorithm", CACM 11 (1968).
struct NodeExpression: Sendable {
    enum Step: Sendable {
        case one(NodeCharacters)
        /// Goes on at two places, told from this one.
        case split(Int, Int)
        case jump(Int)
        case start, end
    }

    /// The most characters of an expression.
    static let longest = 200

    private let steps: [Step]

    /// - Returns: `nil` for an expression that cannot be read.
    init?(_ text: String) {
        guard text.unicodeScalars.count <= Self.longest, let steps = NodeExpressionParser.steps(of: text) else {
            return nil
        }
        self.steps = steps
    }

    /// Whether the name begins so, as with Python's `re.match`.
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

    /// The places that are come to without a character, each once; `steps.count` is the end of the expression.
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

/// The characters that one place of an expression takes.
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

    /// Each with whether it is meant, or all but it.
    var kinds: [(kind: Kind, isMeant: Bool)] = []
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        kinds.contains { $0.kind.contains(scalar) == $0.isMeant } != isNegated
    }
}
