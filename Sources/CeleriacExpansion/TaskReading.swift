import SwiftDiagnostics
import SwiftParser
import SwiftSyntax
import SwiftSyntaxMacros

/// A function and its attribute, read and checked: the common first step of every expansion.
struct TaskReading {
    let function: TaskFunction
    let attribute: TaskAttribute
    /// The place of the function's name, as literals; `nil` if the compiler does not provide it.
    let location: (file: String, line: String)?
    let problems: [Diagnostic]

    init(
        _ declaration: FunctionDeclSyntax, _ node: AttributeSyntax, _ place: TaskPlace,
        in context: some MacroExpansionContext
    ) {
        let scope = TaskScope(context.lexicalContext, module: Self.moduleName(of: declaration, in: context))
        attribute = TaskAttribute(node, place)
        function = TaskFunction(declaration, in: scope)
        location = context.location(of: declaration.name, at: .afterLeadingTrivia, filePathMode: .fileID).map {
            ($0.file.trimmedDescription, $0.line.trimmedDescription)
        }
        problems =
            scope.problems(with: declaration, place) + FunctionCheck.problems(with: declaration, place)
            + attribute.problems(defaultName: function.defaultTaskName, at: declaration.name)
            + Self.threadProblems(function, attribute)
            + (place == .elsewhere ? StubCheck.problems(with: declaration, attribute) : [])
    }

    /// A problem if a function on the main actor asks for a thread to block: the actor's own executor takes precedence.
    private static func threadProblems(_ function: TaskFunction, _ attribute: TaskAttribute) -> [Diagnostic] {
        guard function.isolation == .mainActor, let blocking = attribute.blocking else { return [] }
        return [TaskComplaint.blockedMain.diagnostic(at: blocking)]
    }

    /// Reads the function that a macro is attached to, and reports its problems if it cannot be a task.
    ///
    /// - Returns: `nil` if it has reported problems.
    static func checked(
        _ declaration: some DeclSyntaxProtocol, _ node: AttributeSyntax, _ place: TaskPlace,
        in context: some MacroExpansionContext
    ) -> TaskReading? {
        guard let function = declaration.as(FunctionDeclSyntax.self) else {
            context.diagnose(TaskComplaint.notAFunction.diagnostic(at: node))
            return nil
        }
        let reading = TaskReading(function, node, place, in: context)
        reading.problems.forEach(context.diagnose)
        return reading.problems.isEmpty ? reading : nil
    }

    /// The name of the module that is being compiled, which is the start of `#fileID`.
    private static func moduleName(of function: FunctionDeclSyntax, in context: some MacroExpansionContext) -> String {
        let location = context.location(of: function, at: .afterLeadingTrivia, filePathMode: .fileID)
        let fileID = location?.file.as(StringLiteralExprSyntax.self)?.representedLiteralValue ?? ""
        return String(fileID.prefix { $0 != "/" })
    }
}
