public import SwiftSyntax
import SwiftSyntaxBuilder
public import SwiftSyntaxMacros

/// Writes the peers of a remote task's function. Either reports what is wrong with the function, or makes the two peers
/// (the task as its callers see it, and the value `$name`).
public struct RemoteTaskPeers: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        TaskReading.checked(declaration, node, .elsewhere, in: context).map { RemoteTaskExpansion($0).declarations }
            ?? []
    }
}

/// Writes the body of a remote task's function, which sends the call and awaits it.
public struct RemoteTaskBody: BodyMacro {
    public static func expansion(
        of node: AttributeSyntax,
        providingBodyFor declaration: some DeclSyntaxProtocol & WithOptionalCodeBlockSyntax,
        in context: some MacroExpansionContext
    ) throws -> [CodeBlockItemSyntax] {
        guard let function = declaration.as(FunctionDeclSyntax.self) else { return [] }
        let reading = TaskReading(function, node, .elsewhere, in: context)
        // The peers report the problems. This body only keeps the compiler from reporting the same problem twice.
        guard reading.problems.isEmpty else {
            return function.body.map { Array($0.statements) } ?? ["Swift::fatalError()"]
        }
        return [RemoteTaskExpansion(reading).body]
    }
}
