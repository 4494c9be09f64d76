import CeleriacCore

/// Chooses valid Python names, each unique within a scope.
struct PythonNames {
    private var taken: Set<String>

    /// - Parameter reserved: names that already have a meaning in this scope.
    init(reserved: Set<String> = []) { taken = reserved.union(Self.keywords) }

    /// Returns a valid name as close to the wish as possible: other characters become `_`, and a taken name gets a
    /// trailing `_`.
    mutating func take(_ wish: String) -> String {
        var name = Self.identifier(wish)
        while !taken.insert(name).inserted { name += "_" }
        return name
    }

    private static func identifier(_ text: String) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            name.unicodeScalars.append(isPart(scalar) ? scalar : "_")
        }
        if name.unicodeScalars.first.map({ $0 != "_" && !$0.properties.isXIDStart }) ?? true { name = "_" + name }
        // Python mangles names with two leading underscores within a class.
        while name.hasPrefix("__") { name.removeFirst() }
        return name
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isXIDContinue }

    /// The keywords of Python 3.14, and `self`.
    private static let keywords: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif",
        "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not",
        "or",
        "pass", "raise", "return", "try", "while", "with", "yield", "self",
    ]
}

/// A Python string literal.
struct PythonLiteral: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        description = "\"" + text.unicodeScalars.map(Self.escaped).joined() + "\""
    }

    /// In three quotes, as a docstring.
    var asDocumentation: String { "\"\"" + description + "\"\"" }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"", "\\": return "\\\(scalar)"
        case "\n": return "\\n"
        default:
            let isPlain = String(scalar).visible == String(scalar)
            let digits = String(scalar.value, radix: 16)
            return isPlain ? String(scalar) : "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
    }
}
