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

    /// The function's name, written so that it cannot refer to a member that `@Task` writes.
    func callee(of function: FunctionDeclSyntax) -> String {
        let path = (typePath + [function.name.text]).joined(separator: ".")
        let isExtension = contexts.contains { $0.is(ExtensionDeclSyntax.self) }
        // An extended type may come from any module, so only a type declared here is qualified with our module.
        return module.isEmpty || isExtension ? path : "\(module)::\(path)"
    }

    /// The access that an extension gives to members without an access modifier.
    var inheritedAccess: String? {
        guard let inner = contexts.first?.as(ExtensionDeclSyntax.self) else { return nil }
        return inner.modifiers.accessLevel
    }

    func problems(with function: FunctionDeclSyntax) -> [Diagnostic] {
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
        if isType, !function.modifiers.isStatic { problems.append(instanceMethod(function)) }
        return problems
    }

    private func instanceMethod(_ function: FunctionDeclSyntax) -> Diagnostic {
        let fixed = function.with(\.modifiers, function.modifiers.filter { $0.name.tokenKind != .keyword(.mutating) })
        let fixIts = TaskFixIt.makeStatic.replacing(function, with: fixed.addingStatic())
        return TaskComplaint.instanceMethod.diagnostic(at: function.name, fixIts: fixIts)
    }

    private static func typeName(_ context: Syntax) -> String? {
        if let type = context.as(ExtensionDeclSyntax.self) { return type.extendedType.trimmedDescription }
        return context.isProtocol((any DeclGroupSyntax).self)
            ? context.asProtocol((any NamedDeclSyntax).self)?.name.text : nil
    }

    private static func isGeneric(_ context: Syntax) -> Bool {
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
