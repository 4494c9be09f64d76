import CeleriacExpansion
import SwiftCompilerPlugin
public import SwiftSyntax
public import SwiftSyntaxMacros

/// The compiler plug-in behind `@Task`.
@main
struct CeleriacPlugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [TaskMacro.self]
}

/// `@Task`, by the name that its declaration gives. What it writes is ``CeleriacExpansion/TaskPeers``'s.
public struct TaskMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        try TaskPeers.expansion(of: node, providingPeersOf: declaration, in: context)
    }
}
