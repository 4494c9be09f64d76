import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder

/// Finds the features of a function's own source text that prevent it from becoming a task.
enum FunctionCheck {
    static func problems(with function: FunctionDeclSyntax, _ place: TaskPlace) -> [Diagnostic] {
        let clause = function.signature.parameterClause
        return nameProblems(function.name)
            + genericProblems(function)
            + clause.parameters.enumerated().flatMap { parameterProblems($1, at: $0, of: clause, place) }
            + resultProblems(function.signature.returnClause?.type)
            + (place == .here ? effectProblems(function.signature.effectSpecifiers) : [])
    }

    private static func nameProblems(_ name: TokenSyntax) -> [Diagnostic] {
        if case .binaryOperator = name.tokenKind { return [TaskComplaint.operatorFunction.diagnostic(at: name)] }
        return name.isPlainIdentifier ? [] : [TaskComplaint.rawName.diagnostic(at: name)]
    }

    private static func genericProblems(_ function: FunctionDeclSyntax) -> [Diagnostic] {
        if let clause = function.genericParameterClause { return [TaskComplaint.generic.diagnostic(at: clause)] }
        return function.genericWhereClause.map { [TaskComplaint.generic.diagnostic(at: $0)] } ?? []
    }

    // MARK: Parameters

    private static func parameterProblems(
        _ parameter: FunctionParameterSyntax, at index: Int, of clause: FunctionParameterClauseSyntax,
        _ place: TaskPlace
    ) -> [Diagnostic] {
        let optional = parameter.type.as(OptionalTypeSyntax.self)
        if TaskContextType.isIt(optional?.wrappedType ?? parameter.type) {
            return place == .here
                ? contextProblems(parameter, optional, at: index) : [remoteContext(parameter, at: index, of: clause)]
        }
        return unnamed(parameter) + (variadic(parameter) ?? typeProblems(parameter.type))
    }

    private static func contextProblems(
        _ parameter: FunctionParameterSyntax, _ optional: OptionalTypeSyntax?, at index: Int
    ) -> [Diagnostic] {
        if let optional {
            let fixIts = TaskFixIt.removeOptional.replacing(optional, with: optional.wrappedType)
            return [TaskComplaint.optionalContext.diagnostic(at: optional, fixIts: fixIts)]
        }
        return index == 0 ? [] : [TaskComplaint.lateContext.diagnostic(at: parameter)]
    }

    private static func remoteContext(
        _ parameter: FunctionParameterSyntax, at index: Int, of clause: FunctionParameterClauseSyntax
    ) -> Diagnostic {
        var others = Array(clause.parameters)
        others.remove(at: index)
        if let last = others.indices.last { others[last].trailingComma = nil }
        let fixed = clause.with(\.parameters, FunctionParameterListSyntax(others))
        let fixIts = TaskFixIt.removeContext.replacing(clause, with: fixed)
        return TaskComplaint.remoteContext.diagnostic(at: parameter, fixIts: fixIts)
    }

    private static func unnamed(_ parameter: FunctionParameterSyntax) -> [Diagnostic] {
        guard (parameter.secondName ?? parameter.firstName).tokenKind == .wildcard else { return [] }
        let label = parameter.firstName
        let named =
            label.tokenKind == .wildcard
            ? parameter.with(\.firstName, .wildcardToken(trailingTrivia: .space)).with(\.secondName, "value")
            : parameter.with(\.firstName, label.with(\.trailingTrivia, [])).with(\.secondName, nil)
        let fixIts = TaskFixIt.nameParameter.replacing(parameter, with: named)
        return [TaskComplaint.unnamedParameter.diagnostic(at: parameter, fixIts: fixIts)]
    }

    private static func variadic(_ parameter: FunctionParameterSyntax) -> [Diagnostic]? {
        guard let ellipsis = parameter.ellipsis else { return nil }
        let array = ArrayTypeSyntax(element: parameter.type.trimmed)
        let fixed = parameter.with(\.type, TypeSyntax(array)).with(\.ellipsis, nil)
        let fixIts = TaskFixIt.takeArray.replacing(parameter, with: fixed)
        return [TaskComplaint.variadic.diagnostic(at: ellipsis, fixIts: fixIts)]
    }

    private static func typeProblems(_ type: TypeSyntax) -> [Diagnostic] {
        if let attributed = type.as(AttributedTypeSyntax.self) {
            if attributed.hasSpecifier(.inout) {
                let fixIts = TaskFixIt.removeInout.replacing(type, with: attributed.baseType)
                return [TaskComplaint.inoutParameter.diagnostic(at: type, fixIts: fixIts)]
            }
            if attributed.hasSpecifier(.isolated) { return [TaskComplaint.isolatedParameter.diagnostic(at: type)] }
        }
        return TypeObstacle.first(in: type).map { [complaint(on: $0.kind).diagnostic(at: $0.node)] } ?? []
    }

    private static func complaint(on obstacle: TypeObstacle.Kind) -> TaskComplaint {
        switch obstacle {
        case .closure: .closureParameter
        case .tuple: .tupleParameter
        case .opaque: .opaqueParameter
        case .output: .shadowedOutput
        }
    }

    // MARK: Result and effects

    private static func resultProblems(_ type: TypeSyntax?) -> [Diagnostic] {
        guard let type, !type.isVoid, let obstacle = TypeObstacle.first(in: type) else { return [] }
        let complaint: TaskComplaint =
            switch obstacle.kind {
            case .closure: .closureResult
            case .tuple: .tupleResult
            case .opaque: .opaqueResult
            case .output: .shadowedOutput
            }
        return [complaint.diagnostic(at: obstacle.node)]
    }

    private static func effectProblems(_ effects: FunctionEffectSpecifiersSyntax?) -> [Diagnostic] {
        guard let specifier = effects?.throwsClause?.throwsSpecifier, specifier.tokenKind == .keyword(.rethrows) else {
            return []
        }
        let fixed = specifier.with(\.tokenKind, .keyword(.throws))
        let fixIts = TaskFixIt.useThrows.replacing(specifier, with: fixed)
        return [TaskComplaint.rethrowing.diagnostic(at: specifier, fixIts: fixIts)]
    }
}
