import SwiftSyntax
import SwiftSyntaxBuilder

/// Writes the peers of a task's function, as a person would have written them: the part that its callers see
/// (``TaskCalls``), the code that runs it, and the record by which a worker finds it.
struct TaskExpansion {
    private let function: TaskFunction
    private let calls: TaskCalls
    private let location: (file: String, line: String)?

    init(_ reading: TaskReading) {
        function = reading.function
        location = reading.location
        calls = TaskCalls(reading)
    }

    var declarations: [DeclSyntax] {
        [calls.type("Celeriac::TaskDefinition", members), calls.value, record]
            .map { DeclSyntax(stringLiteral: function.availability + $0) }
    }

    /// The record that a worker finds at start. For its layout see `CTaskRecords`, which reads it.
    private var record: String {
        """
        #if objectFormat(MachO)
        @section("__DATA_CONST,__celeriac_task")
        #else
        @section("celeriac_tasks")
        #endif
        @used
        nonisolated private \(calls.storage)let __taskRecord_\(function.name): (
            Swift::UInt32, Swift::UInt32, @convention(c) () -> Swift::UnsafeRawPointer?, Swift::UInt
        ) = (
            0x4345_4C54, 1,
            { Celeriac::TaskDiscovery.box(\(calls.typeName)()) },
            0
        )
        """
    }

    private var members: [String] { calls.members + [declaredAt, containerType, run].compactMap(\.self) }

    private var declaredAt: String? {
        location.map { location in
            """
            \(calls.member)var declaredAt: Celeriac::SourcePlace? {
                Celeriac::SourcePlace(file: \(location.file), line: \(location.line))
            }
            """
        }
    }

    private var containerType: String? {
        function.container.map { type in
            "\(calls.member)var containerType: (any Celeriac::TaskContainer.Type)? { \(type).self }"
        }
    }

    private var run: String {
        """
        \(calls.member)nonisolated(nonsending) func run(
            _ received: Celeriac::ReceivedArguments, in context: Celeriac::TaskContext
        ) async throws -> \(function.output) {
        \(call.indented)
        }
        """
    }

    /// The function's call with exactly the marks it needs: a superfluous `try` or `await` causes a warning.
    private var call: String {
        let arguments =
            [function.context.map { $0.map { "\($0): context" } ?? "context" }].compactMap(\.self)
            + function.parameters.map { $0.passing(decoding($0)) }
        let list = arguments.isEmpty ? "" : "\n\(arguments.joined(separator: ",\n").indented)\n"
        let direct = "\(function.callee)(\(list))"
        let canThrow = function.isThrowing || !function.parameters.isEmpty || function.container != nil
        let mark = canThrow ? "try " : ""
        if function.isAsync || function.isolation == .mainActor { return "\(mark)await \(direct)" }
        return function.isolation == .none ? mark + direct : "\(mark)await awaiting(\(direct))"
    }

    private func decoding(_ parameter: TaskParameterText) -> String {
        let label = parameter.otherLabel.map { ", label: \($0.asLiteral)" } ?? ""
        let fallback = parameter.defaultValue.map { ", default: \($0)" } ?? ""
        return "received.value(\(parameter.name.asLiteral)\(label), at: \(parameter.index), "
            + "as: \(parameter.metatype)\(fallback))"
    }
}
