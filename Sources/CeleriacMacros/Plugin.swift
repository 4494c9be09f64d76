import CeleriacExpansion
import SwiftCompilerPlugin
public import SwiftSyntax
public import SwiftSyntaxMacros

/// The compiler plug-in behind `@Task`, `@TaskContainer` and `@RemoteTask`.
@main
struct CeleriacPlugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [TaskMacro.self, TaskContainerMacro.self, RemoteTaskMacro.self]
}

/// `@Task`, by the name in its declaration. ``CeleriacExpansion/TaskPeers`` does the work.
public struct TaskMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        try TaskPeers.expansion(of: node, providingPeersOf: declaration, in: context)
    }
}

/// `@TaskContainer`, by the name in its declaration. ``CeleriacExpansion/TaskContainerExtension`` does the work.
public struct TaskContainerMacro: ExtensionMacro {
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
        providingExtensionsOf type: some TypeSyntaxProtocol, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        try TaskContainerExtension.expansion(
            of: node, attachedTo: declaration, providingExtensionsOf: type, conformingTo: protocols, in: context)
    }
}

/// `@RemoteTask`, by the name in its declaration: the peers and the body.
public struct RemoteTaskMacro: PeerMacro, BodyMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        try RemoteTaskPeers.expansion(of: node, providingPeersOf: declaration, in: context)
    }

    public static func expansion(
        of node: AttributeSyntax,
        providingBodyFor declaration: some DeclSyntaxProtocol & WithOptionalCodeBlockSyntax,
        in context: some MacroExpansionContext
    ) throws -> [CodeBlockItemSyntax] {
        try RemoteTaskBody.expansion(of: node, providingBodyFor: declaration, in: context)
    }
}
