extension String {
    /// The text with everything escaped that could move a terminal's cursor, colour it or turn its direction: names and
    /// reasons come from whoever can write to the broker.
    var visible: String {
        guard unicodeScalars.contains(where: \.isInvisible) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            text += scalar.isInvisible ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
    }

    /// The same with line breaks escaped too, where a line of its own could be taken for another's.
    var oneLine: String { visible.replacing("\n", with: "\\n") }

    /// The first `width` characters, the last of them an ellipsis where something is cut.
    func clipped(to width: Int) -> String {
        count <= width ? self : String(prefix(max(0, width - 1))) + "…"
    }
}

extension Unicode.Scalar {
    /// Control characters, and those that format or turn text without being seen.
    fileprivate var isInvisible: Bool {
        switch properties.generalCategory {
        case .control: value != 0x0A
        case .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }
}
