import Celeriac
import CeleriacCore

extension Terminal {
    /// Prints the rows, or `nothing` to standard error if there are no rows.
    func show(_ table: Table, else nothing: String) {
        let lines = table.lines(width: width, isColoured: isColoured)
        if lines.count > 1 { print(lines.joined(separator: "\n")) } else { note(nothing) }
    }

    /// Prints the parts of one thing, a labelled line each; absent parts are left out.
    ///
    /// - Parameter style: the style of the part with a label, on a terminal that shows colours.
    func show(_ parts: [(label: String, text: String?)], style: (_ label: String) -> Style? = { _ in nil }) {
        let given = parts.compactMap { part in part.text.map { (part.label, $0.visible) } }
        let width = given.map(\.0.count).max() ?? 0
        for (label, text) in given {
            let indent = "\n" + String(repeating: " ", count: width + 2)
            let space = String(repeating: " ", count: width + 2 - label.count)
            let shown = text.replacing("\n", with: indent)
            print(label + space + (isColoured ? style(label)?.applied(to: shown) ?? shown : shown))
        }
    }

    func show(_ json: JSONValue) { print(json.text.visibleInJSON) }
}
