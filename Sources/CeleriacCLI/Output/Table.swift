/// Rows for people: aligned, and cut to the terminal's width.
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

    /// - Parameter cells: one a column; line breaks and control characters are made visible.
    mutating func add(_ cells: String...) {
        rows.append(cells.map(\.oneLine))
    }

    /// - Parameter width: the widest line; `nil` = any.
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

    /// Takes from the widest column until the line fits.
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
    fileprivate var trimmingTrailingSpaces: String {
        String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
    }
}
