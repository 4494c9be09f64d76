import CeleriacCore

/// A table for people: aligned, and fitted to the width of the terminal.
///
/// A terminal of at least 80 columns gets one line for each row: prose is cut first, then names. If that is not enough,
/// and on a narrower terminal, a row that does not fit continues on further lines. Ids and numbers are never cut.
struct Table {
    struct Column {
        enum Kind {
            /// Is never cut: an id, a word, a number.
            case whole, number
            /// Is cut last: the name of a task, queue or worker.
            case name
            /// Is cut first: a reason, a list.
            case prose
        }

        let title: String
        let kind: Kind
        /// The style of a cell with this text, on a terminal that shows colours.
        var style: @Sendable (String) -> Style? = { _ in nil }

        fileprivate var isCut: Bool { kind == .name || kind == .prose }

        static func id(_ title: String) -> Column { whole(title) }
        static func whole(_ title: String, style: @escaping @Sendable (String) -> Style? = { _ in nil }) -> Column {
            Column(title: title, kind: .whole, style: style)
        }
        static func text(_ title: String) -> Column { Column(title: title, kind: .name) }
        static func prose(_ title: String) -> Column { Column(title: title, kind: .prose) }
        static func number(_ title: String) -> Column { Column(title: title, kind: .number) }
    }

    let columns: [Column]
    private var rows: [[String]]

    private static let gap = "  "
    /// The start of the lines on which a row continues.
    private static let indent = "    "
    /// The narrowest terminal whose tables have one line for each row.
    private static let usualWidth = 80
    /// The widths below which a column is not cut.
    private static let narrowest = (name: 10, prose: 16)

    init(_ columns: Column...) {
        self.columns = columns
        rows = [columns.map(\.title)]
    }

    /// - Parameter cells: one for each column; line breaks and control characters are made visible.
    mutating func add(_ cells: String...) {
        rows.append(cells.map(\.onOneLine))
    }

    /// Returns the header and the rows, each as one text that may have several lines.
    ///
    /// - Parameters:
    ///   - width: the columns of the terminal; `nil` for no limit.
    ///   - isColoured: whether the terminal shows colours.
    func lines(width: Int?, isColoured: Bool = false) -> [String] {
        let layout = layout(for: width)
        return rows.enumerated().map { number, row in
            layout.lines.map { line in
                line.map { index in
                    let style = number == 0 ? .bold : columns[index].style(row[index])
                    return padded(row[index], layout.widths[index], index, isColoured ? style : nil)
                }
                .joined(separator: Self.gap).trimmingTrailingSpaces
            }
            .joined(separator: "\n" + Self.indent)
        }
    }

    private func padded(_ text: String, _ width: Int, _ index: Int, _ style: Style?) -> String {
        let cell = text.clipped(to: width)
        let space = String(repeating: " ", count: width - cell.columns)
        let shown = style?.applied(to: cell) ?? cell
        return columns[index].kind == .number ? space + shown : shown + space
    }
}

/// Fitting a table to a terminal.
extension Table {
    /// The width of each column, and which columns stand on each line of a row.
    private struct Layout {
        var widths: [Int]
        var lines: [[Int]]
    }

    private func layout(for width: Int?) -> Layout {
        let all = Array(columns.indices)
        let natural = all.map { index in rows.map { $0[index].columns }.max() ?? 0 }
        guard let width, length(natural) > width else { return Layout(widths: natural, lines: [all]) }
        let cut = width >= Self.usualWidth ? shrunk(natural, to: width) : natural
        return length(cut) <= width ? Layout(widths: cut, lines: [all]) : wrapped(natural, to: width)
    }

    /// The columns that a line with all cells takes.
    private func length(_ widths: [Int]) -> Int { widths.reduce(0, +) + Self.gap.count * (widths.count - 1) }

    private func shrunk(_ natural: [Int], to width: Int) -> [Int] {
        var widths = natural
        shrink(.prose, to: Self.narrowest.prose, &widths, width)
        shrink(.name, to: Self.narrowest.name, &widths, width)
        return widths
    }

    /// Shrinks the widest column of a kind again and again, until the line fits or none is wider than `least`.
    private func shrink(_ kind: Column.Kind, to least: Int, _ widths: inout [Int], _ width: Int) {
        let indices = columns.indices.filter { columns[$0].kind == kind }
        var excess = length(widths) - width
        while excess > 0, let widest = indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > least {
            widths[widest] -= 1
            excess -= 1
        }
    }

    /// Puts as many columns on each line as fit. A name or prose that is wider than a line is cut; an id is not.
    private func wrapped(_ natural: [Int], to width: Int) -> Layout {
        var layout = Layout(widths: natural, lines: [])
        var room = 0
        for index in columns.indices {
            let needed = layout.widths[index] + Self.gap.count
            if let last = layout.lines.indices.last, needed <= room {
                layout.lines[last].append(index)
                room -= needed
            } else {
                room = max(1, width - (layout.lines.isEmpty ? 0 : Self.indent.count))
                if columns[index].isCut { layout.widths[index] = min(layout.widths[index], room) }
                layout.lines.append([index])
                room -= layout.widths[index]
            }
        }
        return layout
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
    }
}
