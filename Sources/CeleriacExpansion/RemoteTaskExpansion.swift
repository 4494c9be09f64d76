import SwiftSyntax
import SwiftSyntaxBuilder

/// Writes the expansion of `@RemoteTask`, as a person would have written it: the peers of a task without the code that
/// runs it, and the function's body. Writes no record, because no worker of this program must find the task.
struct RemoteTaskExpansion {
    private let function: TaskFunction
    private let attribute: TaskAttribute
    private let calls: TaskCalls

    init(_ reading: TaskReading) {
        function = reading.function
        attribute = reading.attribute
        calls = TaskCalls(reading)
    }

    var declarations: [DeclSyntax] {
        [calls.type("Celeriac::CallableTask", [output] + calls.members), calls.value]
            .map { DeclSyntax(stringLiteral: function.availability + $0) }
    }

    /// Sends the call and returns its result. If no result is kept, returns once the broker has the call.
    var body: CodeBlockItemSyntax {
        let arguments = function.parameters.map { $0.passing($0.escapedParameter) }.joined(separator: ", ")
        let sent = "try await $\(function.name)(\(arguments)).delay()"
        if attribute.ignoresResult { return "\(raw: sent)" }
        return "return \(raw: sent).get(\(raw: attribute.timeout.map { "timeout: \($0)" } ?? ""))"
    }

    private var output: String { "\(calls.member)typealias Output = \(function.output)" }
}
