import CeleriacCore

/// A table for people: aligned, and cut to the width of the terminal.
struct Table {
    struct Column {
        let title: String
        let isNumber: Bool

        static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    let columns: [Column]
    private var rows: [[String]]

    private static let gap = "  "
    private static let narrowest = 6

    init(_ columns: Column...) {
        self.columns = columns
        rows = [columns.map(\.title)]
    }

    /// - Parameter cells: one for each column; line breaks and control characters are made visible.
    mutating func add(_ cells: String...) {
        rows.append(cells.map(\.onOneLine))
    }

    /// - Parameter width: the longest line in characters; `nil` for no limit.
    func lines(width: Int?) -> [String] {
        let widths = fitted(natural, to: width)
        return rows.map { row in
            let cells = row.indices.map { index in
                let cell = row[index].clipped(to: widths[index])
                let space = String(repeating: " ", count: widths[index] - cell.count)
                return columns[index].isNumber ? space + cell : cell + space
            }
            return cells.joined(separator: Self.gap).trimmingTrailingSpaces
        }
    }

    private var natural: [Int] {
        columns.indices.map { index in rows.map { $0[index].count }.max() ?? 0 }
    }

    /// Shrinks the widest column again and again until the line fits.
    private func fitted(_ natural: [Int], to width: Int?) -> [Int] {
        guard let width else { return natural }
        var widths = natural
        var excess = widths.reduce(0, +) + Self.gap.count * (widths.count - 1) - width
        while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Self.narrowest
        {
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}

extension String {
    /// Returns the first `width` characters; if something was cut, the last of them is an ellipsis.
    fileprivate func clipped(to width: Int) -> String {
        count <= width ? self : String(prefix(max(0, width - 1))) + "…"
    }

    fileprivate var trimmingTrailingSpaces: String {
        String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
    }
}
