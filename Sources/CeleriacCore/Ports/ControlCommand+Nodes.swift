extension ControlCommand {
    /// Whether the command is for a node: the destination lists the node or, without a destination, its name matches
    /// the pattern.
    ///
    /// Without both, the command is for every node. Source: `kombu/pidbox.py`, `Node.handle_message`.
    public func isFor(_ node: String) -> Bool {
        if let destination, !destination.isEmpty { return destination.contains(node) }
        return pattern?.fits(node) ?? true
    }
}

extension ControlCommand.Pattern {
    /// Whether a node's name matches: completely for `glob`, from its start for `pcre`, as in Python's `fnmatch` and
    /// `re.match`.
    ///
    /// The number of steps never exceeds the pattern's length times the name's length. A pattern of more than 1,024
    /// bytes matches nothing; nor does a regular expression of more than 200 characters, or one with `{m,n}`,
    /// look-around, back references or flags.
    public func fits(_ name: String) -> Bool {
        guard text.utf8.count <= Self.longest else { return false }
        switch matcher {
        case .glob: return Glob(text).fits(name)
        case .pcre: return NodeExpression(text)?.fits(name) ?? false
        }
    }

    private static let longest = 1_024
}

/// A pattern of file names, as Python's `fnmatch` reads it: `*`, `?`, `[a-z]` and `[!a-z]`. Case-sensitive.
private struct Glob {
    private enum Part {
        case run
        case one
        case literal(Unicode.Scalar)
        case set(isNegated: Bool, [ClosedRange<Unicode.Scalar>])

        func fits(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .run, .one: true
            case .literal(let own): own == scalar
            case .set(let isNegated, let ranges): ranges.contains { $0.contains(scalar) } != isNegated
            }
        }

        var isRun: Bool { if case .run = self { true } else { false } }
    }

    private var parts: [Part] = []

    init(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*": parts.append(.run)
            case "?": parts.append(.one)
            case "[": parts.append(Self.set(in: &rest) ?? .literal("["))
            default: parts.append(.literal(scalar))
            }
        }
    }

    /// Goes back to the last `*` only, so that no pattern takes more steps than its length times the name's.
    func fits(_ name: String) -> Bool {
        let scalars = Array(name.unicodeScalars)
        var (part, place) = (0, 0)
        var lastRun: (part: Int, place: Int)?
        while place < scalars.count {
            if part < parts.count, parts[part].isRun {
                lastRun = (part, place)
                part += 1
            } else if part < parts.count, parts[part].fits(scalars[place]) {
                (part, place) = (part + 1, place + 1)
            } else if let run = lastRun {
                lastRun = (run.part, run.place + 1)
                (part, place) = (run.part + 1, run.place + 1)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy(\.isRun)
    }

    /// Reads the set after a `[` up to its `]`; `nil` if there is no `]`, and the `[` is then a literal character.
    private static func set(in rest: inout ArraySlice<Unicode.Scalar>) -> Part? {
        let isNegated = rest.first == "!"
        let start = rest.startIndex + (isNegated ? 1 : 0)
        // A `]` directly after the `[` belongs to the set.
        guard start < rest.endIndex, let end = rest[(start + 1)...].firstIndex(of: "]") else { return nil }
        let members = rest[start..<end]
        rest = rest[(end + 1)...]
        return .set(isNegated: isNegated, ranges(of: members))
    }

    private static func ranges(of members: ArraySlice<Unicode.Scalar>) -> [ClosedRange<Unicode.Scalar>] {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var rest = members
        while let first = rest.popFirst() {
            guard rest.count >= 2, rest.first == "-", let last = rest.dropFirst().first else {
                ranges.append(first...first)
                continue
            }
            rest = rest.dropFirst(2)
            if first <= last { ranges.append(first...last) }
        }
        return ranges
    }
}
