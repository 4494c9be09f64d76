/// Compiles an expression into steps: alternatives of sequences of repeated parts.
struct NodeExpressionParser {
    private typealias Step = NodeExpression.Step

    private var rest: ArraySlice<Unicode.Scalar>
    private var isWrong = false

    /// - Returns: `nil` for an expression that is not supported.
    static func steps(of text: String) -> [NodeExpression.Step]? {
        var parser = NodeExpressionParser(rest: Array(text.unicodeScalars)[...])
        let steps = parser.alternatives()
        return parser.isWrong || !parser.rest.isEmpty ? nil : steps
    }

    private mutating func alternatives() -> [Step] {
        let first = sequence()
        guard pass("|") else { return first }
        let others = alternatives()
        return [.split(1, first.count + 2)] + first + [.jump(others.count + 1)] + others
    }

    private mutating func sequence() -> [Step] {
        var steps: [Step] = []
        while !isWrong, let next = rest.first, next != "|", next != ")" { steps += repeated() }
        return steps
    }

    private mutating func repeated() -> [Step] {
        var steps = part()
        while let next = rest.first, "*+?".unicodeScalars.contains(next) {
            rest.removeFirst()
            // Lazy or greedy, it matches the same names.
            if next != "?" { _ = pass("?") }
            switch next {
            case "*": steps = [.split(1, steps.count + 2)] + steps + [.jump(-steps.count - 1)]
            case "+": steps += [.split(-steps.count, 1)]
            default: steps = [.split(1, steps.count + 1)] + steps
            }
        }
        return steps
    }

    private mutating func part() -> [Step] {
        guard let scalar = rest.popFirst() else { return fail() }
        switch scalar {
        case "^": return [.start]
        case "$": return [.end]
        case ".": return [.one(NodeCharacters(kinds: [(.any, true)]))]
        case "(": return group()
        case "[": return set()
        case "\\": return escaped().map { [.one(NodeCharacters(kinds: [$0]))] } ?? fail()
        case "*", "+", "?", "{": return fail()
        default: return [.one(NodeCharacters(kinds: [(.range(scalar...scalar), true)]))]
        }
    }

    private mutating func group() -> [Step] {
        if pass("?"), !pass(":") { return fail() }
        let steps = alternatives()
        return pass(")") ? steps : fail()
    }

    /// Reads a class by its letter, or an escaped literal character; `nil` for an unknown escape.
    private mutating func escaped() -> (NodeCharacters.Kind, Bool)? {
        guard let scalar = rest.popFirst() else { return nil }
        switch scalar {
        case "d": return (.digit, true)
        case "D": return (.digit, false)
        case "w": return (.word, true)
        case "W": return (.word, false)
        case "s": return (.space, true)
        case "S": return (.space, false)
        case "a"..."z", "A"..."Z", "0"..."9": return nil
        default: return (.range(scalar...scalar), true)
        }
    }

    private mutating func set() -> [Step] {
        var characters = NodeCharacters()
        characters.isNegated = pass("^")
        var isFirst = true
        while let scalar = rest.popFirst() {
            if scalar == "]", !isFirst { return [.one(characters)] }
            isFirst = false
            if scalar == "\\" {
                guard let kind = escaped() else { return fail() }
                characters.kinds.append(kind)
            } else if rest.count > 1, rest.first == "-", let last = rest.dropFirst().first, last != "]" {
                guard scalar <= last, last != "\\" else { return fail() }
                rest = rest.dropFirst(2)
                characters.kinds.append((.range(scalar...last), true))
            } else {
                characters.kinds.append((.range(scalar...scalar), true))
            }
        }
        return fail()
    }

    private mutating func pass(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func fail() -> [Step] {
        isWrong = true
        return []
    }
}
