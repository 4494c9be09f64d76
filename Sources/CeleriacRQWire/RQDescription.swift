package import CeleriacCore
import CeleriacWire

/// The text with which RQ shows a call to people: `tasks.add(2, 3, k='v')`.
///
/// Each argument as Python's `repr`, cut behind 75 characters; the named ones in the order of their names. Source: RQ
/// 3.0.0, `utils.py` (`get_call_string`).
package enum RQDescription {
    private static let most = 75

    /// Never fails: of arguments that could not be encoded, those that could are shown.
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
