import Celeriac
import CeleriacCore

extension Terminal {
    /// Prints the rows, or `nothing` to standard error if there are no rows.
    func show(_ table: Table, else nothing: String) {
        let lines = table.lines(width: width)
        if lines.count > 1 { print(lines.joined(separator: "\n")) } else { note(nothing) }
    }

    /// Prints the parts of one thing, a labelled line each; absent parts are left out.
    func show(_ parts: [(label: String, text: String?)]) {
        let given = parts.compactMap { part in part.text.map { (part.label, $0.visible) } }
        let width = given.map(\.0.count).max() ?? 0
        for (label, text) in given {
            let indent = "\n" + String(repeating: " ", count: width + 2)
            let space = String(repeating: " ", count: width + 2 - label.count)
            print(label + space + text.replacing("\n", with: indent))
        }
    }

    func show(_ json: JSONValue) { print(json.text.visibleInJSON) }
}
