import SwiftSyntax

/// A checked function, reduced to what `@Task` needs to write its task.
struct TaskFunction {
    /// The bare name, without backticks.
    let name: String
    let callee: String
    /// The task container that the function is a method of; `nil` for a function that needs no instance.
    let container: String?
    /// `public`, `package`, `fileprivate`, `private`, or `nil` if the function has no access modifier.
    let access: String?
    /// `public` or `package` if the members of the definition need it to satisfy the protocol.
    let memberAccess: String?
    /// Whether the peers are static members of a type.
    let isStatic: Bool
    /// The `@available(…)` attributes, so that they apply to the peers as well.
    let availability: String
    /// The label of the leading `TaskContext`; `.some(nil)` without a label, `nil` without the parameter.
    let context: String??
    let parameters: [TaskParameterText]
    let output: String
    let isAsync: Bool
    let isThrowing: Bool
    let isolation: Isolation
    let defaultTaskName: String

    /// Where the function runs, as far as its own text shows.
    enum Isolation {
        /// `nonisolated`: a call from anywhere does not suspend.
        case none
        /// `@MainActor`: a call suspends.
        case mainActor
        /// An attribute, a type or the module's default may isolate it; a macro cannot see which.
        case unknown
    }

    init(_ function: FunctionDeclSyntax, in scope: TaskScope) {
        let signature = function.signature
        let renaming = SelfRenaming(to: scope.typePath.joined(separator: "."))
        let all = Array(signature.parameterClause.parameters)
        let hasContext = all.first.map { TaskContextType.isIt($0.type) } ?? false
        let declared = function.modifiers.accessLevel.map { $0 == "open" ? "public" : $0 }
        name = function.name.plainText
        callee = scope.callee(of: function)
        container = scope.container(of: function)
        access = declared
        memberAccess = (declared ?? scope.inheritedAccess).flatMap { ["public", "package"].contains($0) ? $0 : nil }
        isStatic = scope.isType
        availability = function.attributes.availability
        context = hasContext ? .some(all[0].label) : nil
        parameters = TaskParameterText.all(all.dropFirst(hasContext ? 1 : 0), renaming: renaming)
        output =
            signature.returnClause.map { $0.type.isVoid ? "Swift::Void" : renaming.text(of: $0.type.plain) }
            ?? "Swift::Void"
        isAsync = signature.effectSpecifiers?.asyncSpecifier != nil
        isThrowing = signature.effectSpecifiers?.throwsClause?.canThrow ?? false
        isolation = Self.isolation(of: function)
        defaultTaskName = scope.taskName(of: function)
    }

    private static func isolation(of function: FunctionDeclSyntax) -> Isolation {
        if function.modifiers.contains(where: { $0.name.tokenKind == .keyword(.nonisolated) }) { return .none }
        return function.attributes.named("MainActor").isEmpty ? .unknown : .mainActor
    }
}

/// Recognises the parameter that is not an argument.
enum TaskContextType {
    static func isIt(_ type: TypeSyntax) -> Bool {
        ["TaskContext", "Celeriac.TaskContext", "Celeriac::TaskContext"].contains(type.plain.trimmedDescription)
    }
}
