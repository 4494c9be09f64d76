import SwiftDiagnostics
public import SwiftSyntax
import SwiftSyntaxBuilder
public import SwiftSyntaxMacros

/// Makes a type a task container: reports what is wrong with the type, and writes its conformance.
///
/// The conformance is written in either case, so that the compiler does not report its absence once for each task.
public struct TaskContainerExtension: ExtensionMacro {
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
        providingExtensionsOf type: some TypeSyntaxProtocol, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        ContainerCheck.problems(with: declaration, in: context.lexicalContext).forEach(context.diagnose)
        guard !protocols.isEmpty else { return [] }
        let availability = declaration.attributes.availability
        return [try ExtensionDeclSyntax("\(raw: availability)extension \(type.trimmed): Celeriac::TaskContainer {}")]
    }
}

/// Finds what prevents a type from being a task container.
private enum ContainerCheck {
    static func problems(with declaration: some DeclGroupSyntax, in contexts: [Syntax]) -> [Diagnostic] {
        guard let name = declaration.asProtocol((any NamedDeclSyntax).self)?.name else { return [] }
        var problems = kindProblems(declaration, name)
        if ([Syntax(declaration)] + contexts).contains(where: TaskScope.isGeneric) {
            problems.append(TaskComplaint.genericType.diagnostic(at: name))
        }
        return problems
    }

    private static func kindProblems(_ declaration: some DeclGroupSyntax, _ name: TokenSyntax) -> [Diagnostic] {
        if declaration.is(StructDeclSyntax.self) || declaration.is(ActorDeclSyntax.self) { return [] }
        guard let type = declaration.as(ClassDeclSyntax.self) else {
            return [TaskComplaint.notAContainer.diagnostic(at: name)]
        }
        if type.modifiers.contains(where: { $0.name.tokenKind == .keyword(.final) }) { return [] }
        let fixIts = TaskFixIt.makeFinal.replacing(type, with: type.addingFinal())
        return [TaskComplaint.openContainer.diagnostic(at: name, fixIts: fixIts)]
    }
}
