import SwiftSyntax
import SwiftSyntaxBuilder

/// Writes the part of a task that its callers see: its name, options and parameters, and the ways to call it. This part
/// does not depend on where the task's code is.
///
/// Every name from this package and from Swift carries its module (`Celeriac::Signature`), so that no type of the user
/// can be mistaken for it. All peers are `nonisolated`: the function may be bound to an actor, but its task is a value
/// for everyone.
struct TaskCalls {
    private let function: TaskFunction
    private let attribute: TaskAttribute

    init(_ reading: TaskReading) {
        function = reading.function
        attribute = reading.attribute
    }

    // MARK: Peers

    func type(_ conformance: String, _ members: [String]) -> String {
        let conformances = conformance + (function.parameters.isEmpty ? "" : ", Celeriac::MappableTask")
        return """
            nonisolated \(access)struct \(typeName): \(conformances) {
            \(members.joined(separator: "\n\n").indented)
            }
            """
    }

    var value: String { "nonisolated \(access)\(storage)let $\(function.name) = \(typeName)()" }

    var members: [String] { [name, options, parameters, signature, step, item, delay, applyAsync].compactMap(\.self) }

    // MARK: Members: what it is

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
        return "\(parameter.name.asLiteral), label: \(parameter.label.map(\.asLiteral) ?? "nil"), "
            + "type: \(parameter.type.asLiteral), position: \(position), hasDefault: \(parameter.defaultValue != nil)"
    }

    // MARK: Members: its calls

    private var signature: String {
        let head = "\(member)func callAsFunction(\(declarations(and: nil))) -> Celeriac::Signature<\(function.output)>"
        return making("Celeriac::Signature", of: function.parameters[...], head)
    }

    /// The call without its first argument, which is the output of the previous step.
    private var step: String? {
        guard let first = function.parameters.first else { return nil }
        let rest = function.parameters.dropFirst()
        let list = rest.map(\.declaration).joined(separator: ", ")
        let head = "\(member)func then(\(list)) -> Celeriac::Step<\(first.type), \(function.output)>"
        return making("Celeriac::Step", of: rest, head)
    }

    /// The member that makes the task usable in `map`, `starmap` and `chunks`.
    private var item: String? {
        let types = function.parameters.map(\.type)
        guard !types.isEmpty else { return nil }
        let values = types.count == 1 ? ["item"] : types.indices.map { "item.\($0)" }
        return """
            \(member)func encodeItem(_ item: (\(types.joined(separator: ", ")))) -> Celeriac::EncodedArguments {
                Celeriac::EncodedArguments(positional: \(values.joined(separator: ", ")))
            }
            """
    }

    private func making(_ type: String, of parameters: ArraySlice<TaskParameterText>, _ head: String) -> String {
        guard !parameters.isEmpty else { return "\(head) {\n    \(type)(self, Celeriac::EncodedArguments())\n}" }
        let arguments = unusedName("arguments")
        let steps = parameters.map { parameter in
            parameter.isKeyword
                ? "\(arguments).set(\(parameter.name.asLiteral), \(parameter.escapedName))"
                : "\(arguments).append(\(parameter.escapedName))"
        }
        let body =
            ["var \(arguments) = Celeriac::EncodedArguments()"] + steps
            + ["return \(type)(self, \(arguments))"]
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

    // MARK: Words

    var typeName: String { "__task_\(function.name)" }
    var member: String { function.memberAccess.map { "\($0) " } ?? "" }
    var storage: String { function.isStatic ? "static " : "" }
    private var access: String { function.access.map { "\($0) " } ?? "" }

    private func declarations(and last: String?) -> String {
        (function.parameters.map(\.declaration) + [last].compactMap(\.self)).joined(separator: ", ")
    }

    private func unusedName(_ name: String) -> String {
        let taken = Set(function.parameters.map(\.name))
        return taken.contains(name) ? unusedName("the\(name.prefix(1).uppercased())\(name.dropFirst())") : name
    }
}

extension String {
    /// The text with every line indented by four more spaces.
    var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
            .joined(separator: "\n")
    }

    /// The text as a string literal.
    var asLiteral: String { StringLiteralExprSyntax(content: self).description }
}
