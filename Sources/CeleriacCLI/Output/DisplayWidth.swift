extension String {
    /// The number of columns that the text takes on a terminal: two for each CJK character and emoji, none for a
    /// combining mark.
    var columns: Int { isPlain ? utf8.count : reduce(0) { $0 + $1.columns } }

    /// Returns the longest start that takes at most `width` columns; if something was cut, an ellipsis ends it.
    func clipped(to width: Int) -> String {
        guard columns > width else { return self }
        var left = width - 1
        let kept = prefix { character in
            left -= character.columns
            return left >= 0
        }
        return width > 0 ? kept + "…" : ""
    }

    /// Whether each byte is one column.
    private var isPlain: Bool { utf8.allSatisfy { (0x20..<0x7F).contains($0) } }
}

extension Character {
    fileprivate var columns: Int {
        isEmoji ? 2 : unicodeScalars.reduce(0) { $0 + $1.columns }
    }

    /// Whether terminals draw it as a picture. A variation selector turns some text characters into one.
    private var isEmoji: Bool {
        guard let first = unicodeScalars.first else { return false }
        return first.properties.isEmojiPresentation
            || first.properties.isEmoji && unicodeScalars.contains("\u{FE0F}")
    }
}

extension Unicode.Scalar {
    fileprivate var columns: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: 0
        default: Self.joined.contains(value) ? 0 : Self.wide.contains { $0.contains(value) } ? 2 : 1
        }
    }

    /// The vowels and final consonants of Hangul, which are drawn into the initial consonant before them.
    private static let joined: ClosedRange<UInt32> = 0x1160...0x11FF

    /// The characters of two columns other than emoji: Unicode's `EastAsianWidth.txt`, classes W and F, with unassigned
    /// gaps filled.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
        0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
    ]
}
