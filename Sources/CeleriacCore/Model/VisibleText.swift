extension String {
    /// The text with every character escaped that could end a line, move a terminal's cursor, change its colour or the
    /// direction of its text.
    ///
    /// Use it in logs and in lines on a terminal: anyone who can write to the broker can choose names, ids and reasons.
    package var onOneLine: String { escaping(\.isInvisible) }

    /// The same for text of several lines: line feeds are kept.
    package var visible: String { escaping { $0.isInvisible && $0 != "\n" } }

    /// JSON text with the same characters escaped as JSON escapes them: it decodes to the same value.
    package var visibleInJSON: String {
        unicodeScalars.contains(where: \.isInvisible)
            ? unicodeScalars.reduce(into: "") { text, scalar in
                if scalar.isInvisible { text += scalar.escapeInJSON } else { text.unicodeScalars.append(scalar) }
            } : self
    }

    private func escaping(_ isEscaped: (Unicode.Scalar) -> Bool) -> String {
        let isPlain: (UnsafeBufferPointer<UInt8>) -> Bool = { $0.allSatisfy { (0x20..<0x7F).contains($0) } }
        if utf8.withContiguousStorageIfAvailable(isPlain) == true { return self }
        guard unicodeScalars.contains(where: isEscaped) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if isEscaped(scalar) { text += scalar.escape } else { text.unicodeScalars.append(scalar) }
        }
    }
}

extension Unicode.Scalar {
    /// Control characters, and characters that format or reorder text without being visible.
    fileprivate var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }

    fileprivate var escapeInJSON: String {
        String(self).utf16.reduce(into: "") { text, unit in
            let digits = String(unit, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }

    fileprivate var escape: String {
        switch self {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(value, radix: 16))}"
        }
    }
}
