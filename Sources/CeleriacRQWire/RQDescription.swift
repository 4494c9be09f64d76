package import CeleriacCore
import CeleriacWire

/// The text with which RQ shows a call to people: `tasks.add(2, 3, k='v')`.
///
/// Each argument is shown as Python's `repr`, cut after 75 characters; named arguments are in the order of their names.
/// Source: RQ 3.0.0, `utils.py` (`get_call_string`).
package enum RQDescription {
    private static let most = 75

    /// Returns the text. Never fails: arguments that could not be encoded are left out.
    package static func text(of task: TaskName, _ arguments: EncodedArguments) -> String {
        let args = (try? JSONValue(parsing: arguments.args, limits: .checkedBefore))?.arrayValue ?? []
        let kwargs = (try? JSONValue(parsing: arguments.kwargs, limits: .checkedBefore))?.objectValue ?? [:]
        let named = kwargs.map { "\($0.key)=\(shortened($0.value))" }.sorted()
        return "\(task)(\((args.map(shortened) + named).joined(separator: ", ")))"
    }

    private static func shortened(_ value: JSONValue) -> String {
        let text = PythonRepr.full(value).unicodeScalars
        return text.count > most ? String(text.prefix(most)) + "..." : String(text)
    }
}
