import CeleriacClient
import Celeriac

/// One task as a Python class with `delay`, `apply_async` and `s`, whose parameters have their own names.
struct PythonTask {
    private let task: TaskDescription
    /// `nil` if the parameters are unknown.
    private let parameters: [Parameter]?
    /// Whether the parameters have numbers for names, and so can be passed by position only.
    private let isNameless: Bool

    private struct Parameter {
        /// The name that the worker knows.
        let name: String
        let identifier: String
        let annotation: String
        let hasDefault: Bool
        let isPositional: Bool
    }

    init(_ task: TaskDescription) {
        self.task = task
        isNameless = task.parameters?.contains { $0.name.allSatisfy(\.isNumber) } ?? false
        parameters = Self.parameters(of: task, isNameless: isNameless)
    }

    private static func parameters(of task: TaskDescription, isNameless: Bool) -> [Parameter]? {
        // If a parameter can be left out, those after it must be passed by name.
        guard let given = task.parameters, !isNameless || given.allSatisfy({ !$0.hasDefault }) else { return nil }
        var names = PythonNames()
        return given.map { parameter in
            Parameter(
                name: parameter.name, identifier: names.take(isNameless ? "arg\(parameter.name)" : parameter.name),
                annotation: PythonType.annotation(SwiftTypeText(parameter.type)), hasDefault: parameter.hasDefault,
                isPositional: parameter.position != nil || isNameless
            )
        }
    }

    /// The names of every task's own members. A task nested below cannot use them.
    static let members: Set<String> = ["name", "options", "s", "delay", "apply_async"]

    var annotation: String { PythonType.annotation(SwiftTypeText(task.options.ignoreResult ? "()" : task.output)) }

    /// The lines of the class body.
    var body: [String] {
        [
            PythonLiteral(summary).asDocumentation, "",
            "name = \(PythonLiteral(task.name.rawValue))",
        ] + (options.isEmpty ? [] : ["options = {\(options.map { "\"\($0)\": \($1)" }.joined(separator: ", "))}"]) + [
            "",
            "def s(\(declared)) -> Signature:",
            "    return \(signature)",
            "",
            "def delay(\(declared)) -> _Result[\(annotation)]:",
            "    return self._sent(self.s(\(passed)))",
        ]
    }

    /// The signature of the Swift function, as far as it is known.
    private var summary: String {
        let shown = task.parameters?.map { parameter in
            let label = parameter.label == parameter.name ? "" : (parameter.label ?? "_") + " "
            return "\(label)\(parameter.name): \(parameter.type)" + (parameter.hasDefault ? " = …" : "")
        }
        return "\(task.name)(\(shown?.joined(separator: ", ") ?? "…")), in Swift."
    }

    // MARK: Parameters

    private var declared: String {
        guard let parameters else { return "self, *args: Any, **kwargs: Any" }
        var words = ["self"], mayBeLeftOut = false, isKeyword = false
        for parameter in parameters {
            // In Python, a parameter without a default must not follow one with a default, unless it is keyword-only.
            if mayBeLeftOut, !parameter.hasDefault, !isKeyword {
                words.append("*")
                isKeyword = true
            }
            mayBeLeftOut = mayBeLeftOut || parameter.hasDefault
            let fallback = parameter.hasDefault ? " = _DEFAULT" : ""
            words.append("\(parameter.identifier): \(parameter.annotation)\(fallback)")
        }
        if isNameless { words.append("/") }
        return words.joined(separator: ", ")
    }

    private var passed: String {
        guard let parameters else { return "*args, **kwargs" }
        return parameters.map { isNameless ? $0.identifier : "\($0.identifier)=\($0.identifier)" }
            .joined(separator: ", ")
    }

    private var signature: String {
        guard let parameters else { return "self._call(args, kwargs)" }
        let positional = parameters.count { $0.isPositional }
        let values = parameters.map { "\(PythonLiteral($0.name)): \($0.identifier)" }.joined(separator: ", ")
        return "self._call(*_given({\(values)}, \(positional)))"
    }

    // MARK: Options

    /// The options that the worker does not know better, so that each call carries them.
    private var options: [(String, String)] {
        var options: [(String, String)] = []
        if let route = task.route {
            options.append(("exchange", "\(PythonLiteral(route.exchange))"))
            options.append(("routing_key", "\(PythonLiteral(route.routingKey))"))
        } else if task.options.queue != nil || task.queue != .default {
            options.append(("queue", "\(PythonLiteral(task.queue.rawValue))"))
        }
        // On Redis, priorities count the other way round: 0 is the highest.
        if let priority = task.options.priority { options.append(("priority", "\(9 - priority.rawValue)")) }
        if let expires = task.options.expires { options.append(("expires", "\(expires / .seconds(1))")) }
        if task.options.ignoreResult { options.append(("ignore_result", "True")) }
        return options
    }
}
