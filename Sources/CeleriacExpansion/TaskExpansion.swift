import SwiftSyntax
import SwiftSyntaxBuilder

/// Writes the peers of a task's function, as a person would have.
///
/// Every name of ours and of Swift's carries its module (`Celeriac::Signature`), so that no type of the user's can be
/// taken for it. All peers are `nonisolated`: the function may be bound to an actor, its task is a value for everyone.
struct TaskExpansion {
    private let function: TaskFunction
    private let attribute: TaskAttribute

    init(_ function: TaskFunction, _ attribute: TaskAttribute) {
        self.function = function
        self.attribute = attribute
    }

    var declarations: [DeclSyntax] {
        [definition, value, record].map { DeclSyntax(stringLiteral: function.availability + $0) }
    }

    // MARK: The three peers

    private var definition: String {
        let members = [name, options, parameters, signature, delay, applyAsync, run].compactMap(\.self)
        return """
            nonisolated \(access)struct \(typeName): Celeriac::TaskDefinition {
            \(members.joined(separator: "\n\n").indented)
            }
            """
    }

    private var value: String {
        "nonisolated \(access)\(storage)let $\(function.name) = \(typeName)()"
    }

    /// What a worker finds at start; see `CTaskRecords`, which reads it, for the layout.
    private var record: String {
        """
        #if objectFormat(MachO)
        @section("__DATA_CONST,__celeriac_task")
        #else
        @section("celeriac_tasks")
        #endif
        @used
        nonisolated private \(storage)let __taskRecord_\(function.name): (
            Swift::UInt32, Swift::UInt32, @convention(c) () -> Swift::UnsafeRawPointer?, Swift::UInt
        ) = (
            0x4345_4C54, 1,
            { Celeriac::TaskDiscovery.box(\(typeName)()) },
            0
        )
        """
    }

    // MARK: Members of the definition: what it is

    private var name: String {
        let literal = StringLiteralExprSyntax(content: attribute.name ?? function.defaultTaskName)
        return "\(member)var name: Celeriac::TaskName { \(literal) }"
    }

    private var options: String? {
        attribute.options.map { options in
            """
            \(member)var options: Celeriac::TaskOptions { Self.options }
            private static let options = Celeriac::TaskOptions(\(options))
            """
        }
    }

    private var parameters: String {
        let type = "[Celeriac::TaskParameter]"
        guard !function.parameters.isEmpty else { return "\(member)var parameters: \(type)? { [] }" }
        let list = function.parameters.map { "Celeriac::TaskParameter(\(described($0)))" }
        return """
            \(member)var parameters: \(type)? { Self.parameters }
            private static let parameters: \(type) = [
            \(list.joined(separator: ",\n").indented)
            ]
            """
    }

    private func described(_ parameter: TaskParameterText) -> String {
        let position = parameter.isKeyword ? "nil" : "\(parameter.index)"
        return "\(literal(parameter.name)), label: \(parameter.label.map(literal) ?? "nil"), "
            + "type: \(literal(parameter.type)), position: \(position), hasDefault: \(parameter.defaultValue != nil)"
    }

    // MARK: Members of the definition: its calls

    private var signature: String {
        let head = "\(member)func callAsFunction(\(declarations(and: nil))) -> Celeriac::Signature<\(function.output)>"
        guard !function.parameters.isEmpty else {
            return "\(head) {\n    Celeriac::Signature(self, Celeriac::EncodedArguments())\n}"
        }
        let arguments = unusedName("arguments")
        let steps = function.parameters.map { parameter in
            parameter.isKeyword
                ? "\(arguments).set(\(literal(parameter.name)), \(parameter.escapedName))"
                : "\(arguments).append(\(parameter.escapedName))"
        }
        let body =
            ["var \(arguments) = Celeriac::EncodedArguments()"] + steps
            + ["return Celeriac::Signature(self, \(arguments))"]
        return "\(head) {\n\(body.joined(separator: "\n").indented)\n}"
    }

    private var delay: String { sending("delay", and: nil, as: "delay()") }

    private var applyAsync: String {
        let name = unusedName("options")
        let names = name == "options" ? name : "options \(name)"
        return sending("applyAsync", and: "\(names): Celeriac::CallOptions", as: "applyAsync(\(name))")
    }

    private func sending(_ name: String, and last: String?, as call: String) -> String {
        let forwarded = function.parameters.map { $0.passing($0.escapedName) }.joined(separator: ", ")
        let head = "nonisolated(nonsending) func \(name)(\(declarations(and: last))) async throws"
        return """
            @discardableResult
            \(member)\(head) -> Celeriac::AsyncResult<\(function.output)> {
                try await callAsFunction(\(forwarded)).\(call)
            }
            """
    }

    // MARK: Members of the definition: its run

    private var run: String {
        """
        \(member)nonisolated(nonsending) func run(
            _ received: Celeriac::ReceivedArguments, in context: Celeriac::TaskContext
        ) async throws -> \(function.output) {
        \(call.indented)
        }
        """
    }

    /// The function's call with exactly the marks it needs: a superfluous `try` or `await` would be a warning.
    private var call: String {
        let arguments =
            [function.context.map { $0.map { "\($0): context" } ?? "context" }].compactMap(\.self)
            + function.parameters.map { $0.passing(decoding($0)) }
        let list = arguments.isEmpty ? "" : "\n\(arguments.joined(separator: ",\n").indented)\n"
        let direct = "\(function.callee)(\(list))"
        let mark = function.isThrowing || !function.parameters.isEmpty ? "try " : ""
        if function.isAsync || function.isolation == .mainActor { return "\(mark)await \(direct)" }
        return function.isolation == .none ? mark + direct : "\(mark)await awaiting(\(direct))"
    }

    private func decoding(_ parameter: TaskParameterText) -> String {
        let label = parameter.otherLabel.map { ", label: \(literal($0))" } ?? ""
        let fallback = parameter.defaultValue.map { ", default: \($0)" } ?? ""
        return "received.value(\(literal(parameter.name))\(label), at: \(parameter.index), "
            + "as: \(parameter.metatype)\(fallback))"
    }

    // MARK: Words

    private var typeName: String { "__task_\(function.name)" }
    private var access: String { function.access.map { "\($0) " } ?? "" }
    private var member: String { function.memberAccess.map { "\($0) " } ?? "" }
    private var storage: String { function.isStatic ? "static " : "" }

    private func declarations(and last: String?) -> String {
        (function.parameters.map(\.declaration) + [last].compactMap(\.self)).joined(separator: ", ")
    }

    private func unusedName(_ name: String) -> String {
        let taken = Set(function.parameters.map(\.name))
        return taken.contains(name) ? unusedName("the\(name.prefix(1).uppercased())\(name.dropFirst())") : name
    }

    private func literal(_ text: String) -> String { StringLiteralExprSyntax(content: text).description }
}

extension String {
    /// Every line four spaces further in.
    fileprivate var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
            .joined(separator: "\n")
    }
}
