public import SwiftSyntax
import SwiftSyntaxBuilder
public import SwiftSyntaxMacros

/// Writes what calls a remote task beside its function: either says what is wrong with it, or makes the two peers (the
/// task as its callers see it, and the value `$name`).
public struct RemoteTaskPeers: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        TaskReading.checked(declaration, node, .elsewhere, in: context).map { RemoteTaskExpansion($0).declarations }
            ?? []
    }
}

/// Writes the body of a remote task's function: the call, sent and awaited.
public struct RemoteTaskBody: BodyMacro {
    public static func expansion(
        of node: AttributeSyntax,
        providingBodyFor declaration: some DeclSyntaxProtocol & WithOptionalCodeBlockSyntax,
        in context: some MacroExpansionContext
    ) throws -> [CodeBlockItemSyntax] {
        guard let function = declaration.as(FunctionDeclSyntax.self) else { return [] }
        let reading = TaskReading(function, node, .elsewhere, in: context)
        // The peers complain. What is written here only keeps the compiler from complaining of the same once more.
        guard reading.problems.isEmpty else {
            return function.body.map { Array($0.statements) } ?? ["Swift::fatalError()"]
        }
        return [RemoteTaskExpansion(reading).body]
    }
}
