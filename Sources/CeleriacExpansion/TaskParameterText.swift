import SwiftSyntax

/// One argument of a task, as source text.
struct TaskParameterText {
    /// The label as declared; `nil` for `_`.
    let label: String?
    /// The parameter's own name without backticks, by which other programs pass it.
    let name: String
    let type: String
    let defaultValue: String?
    /// The position among the arguments, not counting the context.
    let index: Int
    /// Whether our own calls send it by name: all parameters from the first labelled one on are sent by name.
    let isKeyword: Bool

    static func all(_ parameters: ArraySlice<FunctionParameterSyntax>, renaming: SelfRenaming) -> [TaskParameterText] {
        let firstKeyword = parameters.firstIndex { $0.label != nil } ?? parameters.endIndex
        return parameters.indices.map { index in
            TaskParameterText(
                parameters[index], index: index - parameters.startIndex, isKeyword: index >= firstKeyword,
                renaming: renaming)
        }
    }

    private init(_ parameter: FunctionParameterSyntax, index: Int, isKeyword: Bool, renaming: SelfRenaming) {
        label = parameter.label
        name = (parameter.secondName ?? parameter.firstName).plainText
        type = renaming.text(of: parameter.type.plain)
        defaultValue = parameter.defaultValue.map { renaming.text(of: $0.value) }
        self.index = index
        self.isKeyword = isKeyword
    }

    /// The declaration, such as `to address: String = "x"`.
    var declaration: String {
        let names =
            label == name && name != "self" ? escapedName : "\(label.map(Self.escapedLabel) ?? "_") \(escapedName)"
        return "\(names): \(type)" + (defaultValue.map { " = \($0)" } ?? "")
    }

    /// An argument of a call, such as `to: value`.
    func passing(_ value: String) -> String {
        label.map { "\(Self.escapedLabel($0)): \(value)" } ?? value
    }

    /// The name as a value. `self` would be taken for the definition.
    var escapedName: String { name == "self" ? "itself" : name.isKeyword ? "`\(name)`" : name }

    /// The name in the function's own body, where `self` cannot be renamed.
    var escapedParameter: String { name.isKeyword ? "`\(name)`" : name }

    /// `T.self`, with parentheses if the type is more than a name.
    var metatype: String {
        type.hasSuffix("?") || type.contains(" ") ? "(\(type)).self" : "\(type).self"
    }

    /// The label, if the argument may also arrive under it.
    var otherLabel: String? { label == name ? nil : label }

    private static func escapedLabel(_ label: String) -> String {
        ["inout", "var", "let"].contains(label) ? "`\(label)`" : label
    }
}
