/// The help and the errors that the argument parser writes.
enum HelpText {
    private static let width = 80
    /// The first words of lines that may be broken. An error stays on one line.
    private static let breakable = ["USAGE:", "Usage:", "Help:"]

    /// Breaks the lines that the argument parser leaves longer than a terminal is wide: those of the usage, and those
    /// that repeat an option's help.
    static func fitted(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.count > width && breakable.contains(where: line.hasPrefix) ? broken(line) : String(line)
        }
        .joined(separator: "\n")
    }

    /// Breaks between words, but not within brackets. Further lines begin below the end of the line's first word.
    private static func broken(_ line: Substring) -> String {
        let indent = String(repeating: " ", count: line.prefix { $0 != " " }.count + 1)
        var lines: [String] = []
        var current = ""
        for word in words(of: line) {
            if !current.isEmpty, current.count + 1 + word.count > width {
                lines.append(current)
                current = indent + word
            } else {
                current += (current.isEmpty ? "" : " ") + word
            }
        }
        return (lines + [current]).joined(separator: "\n")
    }

    /// The words of a line; `[--limit <limit>]` is one word.
    private static func words(of line: Substring) -> [String] {
        var words: [String] = []
        var depth = 0
        for part in line.split(separator: " ") {
            if depth > 0 { words[words.count - 1] += " " + part } else { words.append(String(part)) }
            depth += part.count { $0 == "[" } - part.count { $0 == "]" }
        }
        return words
    }
}
