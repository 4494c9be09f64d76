/// A Swift type, parsed from its text: only as much of the grammar as decides how JSON represents it.
indirect enum SwiftTypeText: Equatable {
    case optional(SwiftTypeText)
    case array(SwiftTypeText)
    case dictionary(SwiftTypeText, SwiftTypeText)
    case void
    /// The name without the module if that is one of `modules`, and without generic arguments, which do not matter
    /// here.
    case named(String)

    /// - Parameter text: the type as source code writes it (`[String: Int]?`) or as reflection prints it
    ///   (`Swift.Optional<Swift.Int>`).
    init(_ text: String) {
        let text = text.filter { !$0.isWhitespace && $0 != "`" }
        if let parts = Self.sugar(text[...]) {
            self = parts
        } else if let (name, arguments) = Self.generic(text) {
            switch (Self.bare(name), arguments.count) {
            case ("Optional", 1): self = .optional(SwiftTypeText(arguments[0]))
            case ("Array", 1), ("ArraySlice", 1), ("ContiguousArray", 1), ("Set", 1):
                self = .array(SwiftTypeText(arguments[0]))
            case ("Dictionary", 2): self = .dictionary(SwiftTypeText(arguments[0]), SwiftTypeText(arguments[1]))
            default: self = .named(name)
            }
        } else {
            self = .named(Self.bare(text))
        }
    }

    /// `T?`, `T!`, `[T]`, `[K: V]`, `(T)`, `()` and `Void`.
    private static func sugar(_ text: Substring) -> SwiftTypeText? {
        if text.last == "?" || text.last == "!" { return .optional(SwiftTypeText(String(text.dropLast()))) }
        if ["()", "Void", "Swift.Void", "Swift::Void"].contains(text) { return .void }
        guard let first = text.first, first == "[" || first == "(", closes(text) else { return nil }
        let inner = text.dropFirst().dropLast()
        guard first == "[" else { return SwiftTypeText(String(inner)) }
        let parts = split(inner, at: ":")
        return parts.count == 2
            ? .dictionary(SwiftTypeText(parts[0]), SwiftTypeText(parts[1])) : .array(SwiftTypeText(String(inner)))
    }

    /// Whether the last character closes the bracket that opens the text.
    private static func closes(_ text: Substring) -> Bool {
        var depth = 0
        for index in text.indices {
            if "[(<".contains(text[index]) { depth += 1 }
            if "])>".contains(text[index]) { depth -= 1 }
            if depth == 0 { return text.index(after: index) == text.endIndex }
        }
        return false
    }

    private static func generic(_ text: String) -> (name: String, arguments: [String])? {
        guard text.last == ">", let start = text.firstIndex(of: "<"), closes(text[start...]) else { return nil }
        return (String(text[..<start]), split(text[start...].dropFirst().dropLast(), at: ","))
    }

    /// Splits at separators outside all brackets. `::` is not a separator.
    private static func split(_ text: Substring, at separator: Character) -> [String] {
        var depth = 0, parts = [""]
        for character in text.replacing("::", with: ".") {
            if "[(<".contains(character) { depth += 1 }
            if "])>".contains(character) { depth -= 1 }
            if depth == 0, character == separator { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts
    }

    private static let modules = [
        "Swift", "Foundation", "FoundationEssentials", "CoreFoundation", "Celeriac", "CeleriacCore", "__C",
    ]

    private static func bare(_ name: String) -> String {
        let parts = name.replacing("::", with: ".").split(separator: ".", maxSplits: 1)
        return parts.count == 2 && modules.contains(String(parts[0])) ? String(parts[1]) : name
    }
}
