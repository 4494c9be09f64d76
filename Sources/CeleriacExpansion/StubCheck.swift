import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder

/// Finds what prevents a function from being the stub of a task that runs elsewhere, in addition to what prevents any
/// function from being a task.
enum StubCheck {
    static func problems(with function: FunctionDeclSyntax, _ attribute: TaskAttribute) -> [Diagnostic] {
        [body(of: function), effects(of: function), ignoredResult(of: function, attribute)].compactMap(\.self)
    }

    private static func body(of function: FunctionDeclSyntax) -> Diagnostic? {
        guard let body = function.body else { return nil }
        var bare = function.with(\.body, nil)
        bare.trailingTrivia = []
        return TaskComplaint.remoteBody.diagnostic(
            at: body.leftBrace, fixIts: TaskFixIt.removeBody.replacing(function, with: bare))
    }

    private static func effects(of function: FunctionDeclSyntax) -> Diagnostic? {
        let effects = function.signature.effectSpecifiers
        let clause = effects?.throwsClause
        if let type = clause?.type {
            let untyped = clause?.with(\.type, nil).with(\.leftParen, nil).with(\.rightParen, nil)
            let fixIts = clause.flatMap { old in
                untyped.map { TaskFixIt.useThrows.replacing(old, with: $0.with(\.trailingTrivia, old.trailingTrivia)) }
            }
            return TaskComplaint.remoteTypedThrows.diagnostic(at: type, fixIts: fixIts ?? [])
        }
        let isAsync = effects?.asyncSpecifier?.tokenKind == .keyword(.async)
        guard !isAsync || clause == nil else { return nil }
        return TaskComplaint.remoteEffects.diagnostic(
            at: function.name, fixIts: TaskFixIt.useAsyncThrows.replacing(function, with: waiting(function)))
    }

    /// The same function with `async throws` after its parameters.
    private static func waiting(_ function: FunctionDeclSyntax) -> FunctionDeclSyntax {
        var function = function
        let parameters = function.signature.parameterClause
        let isLast = function.signature.returnClause == nil && function.genericWhereClause == nil
        let behind: Trivia =
            isLast
            ? function.signature.effectSpecifiers?.trailingTrivia ?? parameters.trailingTrivia : .space
        function.signature.parameterClause.trailingTrivia = .space
        function.signature.effectSpecifiers = FunctionEffectSpecifiersSyntax(
            asyncSpecifier: .keyword(.async, trailingTrivia: .space),
            throwsClause: ThrowsClauseSyntax(throwsSpecifier: .keyword(.throws)), trailingTrivia: behind
        )
        return function
    }

    /// A problem if the function returns a result that is not kept, since nobody could wait for it.
    private static func ignoredResult(of function: FunctionDeclSyntax, _ attribute: TaskAttribute) -> Diagnostic? {
        guard let given = attribute.ignoreResult else { return nil }
        guard let literal = given.as(BooleanLiteralExprSyntax.self) else {
            return TaskComplaint.ignoreNotLiteral.diagnostic(at: given)
        }
        guard literal.literal.tokenKind == .keyword(.true), let result = function.signature.returnClause,
            !result.type.isVoid
        else { return nil }
        return TaskComplaint.remoteIgnoredResult.diagnostic(at: result.type)
    }
}
