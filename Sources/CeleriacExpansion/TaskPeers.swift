public import SwiftSyntax
public import SwiftSyntaxMacros

/// Writes the task next to a function. Either reports what is wrong with the function, or makes the three peers (the
/// definition, the value `$name` and the record by which a worker finds it).
///
/// The macro itself is in a library, so that tests need not load the plug-in.
public struct TaskPeers: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        TaskReading.checked(declaration, node, .here, in: context).map { TaskExpansion($0).declarations } ?? []
    }
}
