import SwiftSyntax
import SwiftSyntaxBuilder

extension TokenSyntax {
    /// The identifier without backticks.
    var plainText: String { identifier?.name ?? text }

    /// Whether the name without its backticks can be part of a longer identifier.
    var isPlainIdentifier: Bool {
        plainText.unicodeScalars.allSatisfy {
            $0.value > 127 || $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil
        }
    }
}

extension String {
    /// Whether Swift reserves the word, so that it needs backticks as a name.
    var isKeyword: Bool { Keyword.reserved.contains(self) }
}

private enum Keyword {
    /// Source: The Swift Programming Language, Lexical Structure: keywords in declarations, statements,
    /// expressions and types.
    static let reserved: Set<String> = [
        "associatedtype", "class", "deinit", "enum", "extension", "fileprivate", "func", "import", "init", "inout",
        "internal", "let", "operator", "precedencegroup", "private", "protocol", "public", "rethrows", "static",
        "struct", "subscript", "typealias", "var", "break", "case", "catch", "continue", "default", "defer", "do",
        "else", "fallthrough", "for", "guard", "if", "in", "repeat", "return", "throw", "switch", "where", "while",
        "Any", "as", "await", "false", "is", "nil", "self", "Self", "super", "throws", "true", "try",
    ]
}

extension FunctionParameterSyntax {
    /// The label that callers write; `nil` for `_`.
    var label: String? { firstName.tokenKind == .wildcard ? nil : firstName.plainText }
}

extension DeclModifierListSyntax {
    var isStatic: Bool { contains { $0.name.tokenKind == .keyword(.static) || $0.name.tokenKind == .keyword(.class) } }

    /// The access modifier; `nil` if none is written. `private(set)` and the like do not count.
    var accessLevel: String? {
        let levels = ["open", "public", "package", "internal", "fileprivate", "private"]
        return first { $0.detail == nil && levels.contains($0.name.text) }?.name.text
    }
}

extension AttributeListSyntax {
    /// The `@available(…)` attributes, each on a line of its own.
    var availability: String { named("available").map { "\($0.trimmedDescription)\n" }.joined() }

    /// The attributes of that name, qualified or not.
    func named(_ name: String) -> [AttributeSyntax] {
        compactMap { $0.as(AttributeSyntax.self) }.filter { attribute in
            let text = attribute.attributeName.trimmedDescription
            return text == name || text.hasSuffix(".\(name)") || text.hasSuffix("::\(name)")
        }
    }
}

extension FunctionDeclSyntax {
    /// The same function with `static` before `func`; its comments and indentation are kept.
    func addingStatic() -> FunctionDeclSyntax {
        var function = self
        let keyword = DeclModifierSyntax(name: .keyword(.static, trailingTrivia: .space))
        guard modifiers.isEmpty else {
            function.modifiers.append(keyword)
            return function
        }
        function.modifiers = [keyword.with(\.leadingTrivia, funcKeyword.leadingTrivia)]
        function.funcKeyword.leadingTrivia = []
        return function
    }
}

extension FunctionDeclSyntax {
    /// The same function without a modifier; its comments and indentation are kept.
    func removing(_ modifier: SwiftSyntax.Keyword) -> FunctionDeclSyntax {
        var function = self
        let trivia = modifiers.leadingTrivia
        function.modifiers = modifiers.filter { $0.name.tokenKind != .keyword(modifier) }
        guard function.modifiers.count < modifiers.count else { return self }
        if function.modifiers.isEmpty {
            function.funcKeyword.leadingTrivia = trivia
        } else {
            function.modifiers.leadingTrivia = trivia
        }
        return function
    }
}

extension ClassDeclSyntax {
    /// The same class with `final` before `class`, and `public` for `open`; its comments and indentation are kept.
    func addingFinal() -> ClassDeclSyntax {
        var type = self
        let keyword = DeclModifierSyntax(name: .keyword(.final, trailingTrivia: .space))
        guard modifiers.isEmpty else {
            type.modifiers = DeclModifierListSyntax(
                modifiers.map {
                    $0.name.tokenKind == .keyword(.open) ? $0.with(\.name.tokenKind, .keyword(.public)) : $0
                } + [keyword])
            return type
        }
        type.modifiers = [keyword.with(\.leadingTrivia, classKeyword.leadingTrivia)]
        type.classKeyword.leadingTrivia = []
        return type
    }
}

extension ThrowsClauseSyntax {
    /// Whether a call needs `try`: `throws(Never)` does not.
    var canThrow: Bool { !["Never", "Swift.Never", "Swift::Never"].contains(type?.trimmedDescription) }
}

extension AttributedTypeSyntax {
    func hasSpecifier(_ keyword: SwiftSyntax.Keyword) -> Bool {
        specifiers.contains { $0.as(SimpleTypeSpecifierSyntax.self)?.specifier.tokenKind == .keyword(keyword) }
    }
}

extension TupleTypeSyntax {
    /// Whether the tuple is only a type in parentheses.
    var isParenthesised: Bool { elements.count == 1 && elements.first?.firstName == nil }
}

extension TypeSyntax {
    var isVoid: Bool { ["Void", "Swift.Void", "Swift::Void", "()"].contains(trimmedDescription) }

    /// The type of a value of this type: without `consuming`, attributes and the like, and with `T?` for `T!`.
    var plain: TypeSyntax {
        if let attributed = self.as(AttributedTypeSyntax.self) { return attributed.baseType.plain }
        if let unwrapped = self.as(ImplicitlyUnwrappedOptionalTypeSyntax.self) {
            return TypeSyntax(OptionalTypeSyntax(wrappedType: unwrapped.wrappedType.trimmed))
        }
        return trimmed
    }
}

/// Replaces `Self` by the type's own name: in the definition, `Self` would mean the definition.
final class SelfRenaming: SyntaxRewriter {
    private let name: String

    init(to name: String) {
        self.name = name
        super.init(viewMode: .sourceAccurate)
    }

    func text(of node: some SyntaxProtocol) -> String {
        name.isEmpty ? node.trimmedDescription : rewrite(node).trimmedDescription
    }

    override func visit(_ token: TokenSyntax) -> TokenSyntax {
        token.tokenKind == .keyword(.Self) ? token.with(\.tokenKind, .identifier(name)) : token
    }
}
