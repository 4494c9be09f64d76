import SwiftParser
public import SwiftSyntax
public import SwiftSyntaxMacros

/// Writes the task beside a function: reads it, checks it, and either says what is wrong or makes the three peers
/// (the definition, the value `$name` and the record by which a worker finds it).
///
/// The macro itself, in a library, so that tests need not load the plug-in.
public struct TaskPeers: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        guard let function = declaration.as(FunctionDeclSyntax.self) else {
            context.diagnose(TaskComplaint.notAFunction.diagnostic(at: node))
            return []
        }
        let attribute = TaskAttribute(node)
        let scope = TaskScope(context.lexicalContext, module: moduleName(of: function, in: context))
        let problems =
            scope.problems(with: function) + FunctionCheck.problems(with: function)
            + attribute.problems(defaultName: scope.taskName(of: function), at: function.name)
        guard problems.isEmpty else {
            problems.forEach(context.diagnose)
            return []
        }
        return TaskExpansion(TaskFunction(function, in: scope), attribute).declarations
    }

    /// The module that is being compiled: what `#fileID` begins with.
    private static func moduleName(of function: FunctionDeclSyntax, in context: some MacroExpansionContext) -> String {
        let location = context.location(of: function, at: .afterLeadingTrivia, filePathMode: .fileID)
        let fileID = location?.file.as(StringLiteralExprSyntax.self)?.representedLiteralValue ?? ""
        return String(fileID.prefix { $0 != "/" })
    }
}
