import SwiftSyntax

/// A part of a type that cannot be encoded as JSON, or that would mean something else in the code that `@Task` writes.
struct TypeObstacle {
    enum Kind {
        case closure, tuple, opaque
        /// A type called `Output`, which is the name of the definition's own result type.
        case output
    }

    let kind: Kind
    let node: Syntax

    /// The outermost obstacle; among several, the first in reading order.
    static func first(in type: TypeSyntax) -> TypeObstacle? {
        if let kind = kind(of: type) { return TypeObstacle(kind: kind, node: Syntax(type)) }
        let parts = TypeParts(viewMode: .sourceAccurate)
        parts.walkChildren(of: type)
        return parts.found.lazy.compactMap(first).first
    }

    private static func kind(of type: TypeSyntax) -> Kind? {
        if type.is(FunctionTypeSyntax.self) { return .closure }
        if let tuple = type.as(TupleTypeSyntax.self) { return tuple.isParenthesised ? nil : .tuple }
        if let type = type.as(SomeOrAnyTypeSyntax.self), type.someOrAnySpecifier.tokenKind == .keyword(.some) {
            return .opaque
        }
        if let type = type.as(IdentifierTypeSyntax.self), type.moduleSelector == nil, type.name.text == "Output" {
            return .output
        }
        return nil
    }
}

/// Collects the types directly inside a type.
private final class TypeParts: SyntaxAnyVisitor {
    private(set) var found: [TypeSyntax] = []

    func walkChildren(of type: TypeSyntax) {
        for child in type.children(viewMode: .sourceAccurate) { walk(child) }
    }

    override func visitAny(_ node: Syntax) -> SyntaxVisitorContinueKind {
        guard let type = node.as(TypeSyntax.self) else { return .visitChildren }
        found.append(type)
        return .skipChildren
    }
}
