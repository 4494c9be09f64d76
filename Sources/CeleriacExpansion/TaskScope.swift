import SwiftDiagnostics
import SwiftSyntax

/// Where a function is declared: its module and the types around it, outermost first.
struct TaskScope {
    let module: String
    let typePath: [String]
    private let contexts: [Syntax]

    init(_ lexicalContext: [Syntax], module: String) {
        self.module = module
        contexts = lexicalContext
        typePath = lexicalContext.reversed().compactMap(Self.typeName)
    }

    var isType: Bool { !typePath.isEmpty }

    /// `Module.function` or `Module.Type.function`.
    func taskName(of function: FunctionDeclSyntax) -> String {
        ([module] + typePath + [function.name.plainText]).joined(separator: ".").filter { $0 != "`" }
    }

    /// The type around a method of a task container; `nil` around any other function.
    func container(of function: FunctionDeclSyntax) -> String? {
        isType && !function.modifiers.isStatic ? qualified(typePath) : nil
    }

    /// The function's name, written so that it cannot refer to a member that `@Task` writes.
    func callee(of function: FunctionDeclSyntax) -> String {
        container(of: function).map { "context.container(\($0).self).\(function.name.text)" }
            ?? qualified(typePath + [function.name.text])
    }

    private func qualified(_ names: [String]) -> String {
        let path = names.joined(separator: ".")
        let isExtension = contexts.contains { $0.is(ExtensionDeclSyntax.self) }
        // An extended type may come from any module, so only a type declared here is qualified with our module.
        return module.isEmpty || isExtension ? path : "\(module)::\(path)"
    }

    /// The access that an extension gives to members without an access modifier.
    var inheritedAccess: String? {
        guard let inner = contexts.first?.as(ExtensionDeclSyntax.self) else { return nil }
        return inner.modifiers.accessLevel
    }

    func problems(with function: FunctionDeclSyntax, _ place: TaskPlace) -> [Diagnostic] {
        if contexts.contains(where: { Self.typeName($0) == nil }) {
            return [TaskComplaint.localFunction.diagnostic(at: function.name)]
        }
        if contexts.first?.is(ProtocolDeclSyntax.self) == true {
            return [TaskComplaint.protocolRequirement.diagnostic(at: function.name)]
        }
        var problems: [Diagnostic] = []
        if contexts.contains(where: Self.isGeneric) {
            problems.append(TaskComplaint.genericType.diagnostic(at: function.name))
        }
        if isType, !function.modifiers.isStatic { problems += methodProblems(function, place) }
        return problems
    }

    // MARK: Methods of an instance

    private func methodProblems(_ function: FunctionDeclSyntax, _ place: TaskPlace) -> [Diagnostic] {
        let plain = function.removing(.mutating)
        if place == .elsewhere || !mayBeContainer {
            let complaint: TaskComplaint = place == .elsewhere ? .remoteMethod : .instanceMethod
            let fixIts = TaskFixIt.makeStatic.replacing(function, with: plain.addingStatic())
            return [complaint.diagnostic(at: function.name, fixIts: fixIts)]
        }
        guard let mutating = function.modifiers.first(where: { $0.name.tokenKind == .keyword(.mutating) }) else {
            return []
        }
        let fixIts = TaskFixIt.removeMutating.replacing(function, with: plain)
        return [TaskComplaint.mutatingMethod.diagnostic(at: mutating, fixIts: fixIts)]
    }

    /// Whether the innermost type can be a task container. An extension does not show the attributes of its type; there
    /// the compiler checks the conformance, in the code that `@Task` writes.
    private var mayBeContainer: Bool {
        guard let inner = contexts.first else { return false }
        let attributes = inner.asProtocol((any WithAttributesSyntax).self)?.attributes
        return inner.is(ExtensionDeclSyntax.self) || attributes?.named("TaskContainer").isEmpty == false
    }

    private static func typeName(_ context: Syntax) -> String? {
        if let type = context.as(ExtensionDeclSyntax.self) { return type.extendedType.trimmedDescription }
        return context.isProtocol((any DeclGroupSyntax).self)
            ? context.asProtocol((any NamedDeclSyntax).self)?.name.text : nil
    }

    static func isGeneric(_ context: Syntax) -> Bool {
        if let type = context.as(ExtensionDeclSyntax.self) {
            let extended = type.extendedType
            let arguments =
                extended.as(IdentifierTypeSyntax.self)?.genericArgumentClause
                ?? extended.as(MemberTypeSyntax.self)?.genericArgumentClause
            return arguments != nil || type.genericWhereClause != nil
        }
        return context.asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause != nil
    }
}
