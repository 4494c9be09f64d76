import SwiftDiagnostics
import SwiftParser
import SwiftSyntax

/// The arguments of `@Task(…)` or `@RemoteTask("…", …)`.
struct TaskAttribute {
    private let arguments: [LabeledExprSyntax]
    /// The label of the name's argument.
    private let nameLabel: String?

    init(_ node: AttributeSyntax, _ place: TaskPlace) {
        arguments = node.arguments?.as(LabeledExprListSyntax.self).map(Array.init) ?? []
        nameLabel = place == .here ? "name" : nil
    }

    /// The name as given; `nil` for the default.
    var name: String? { self[nameLabel]?.as(StringLiteralExprSyntax.self)?.representedLiteralValue }

    /// The time that a remote task's own function waits for the result, as given.
    var timeout: String? { self["timeout"]?.trimmedDescription }

    var ignoreResult: ExprSyntax? { self["ignoreResult"] }

    var ignoresResult: Bool {
        ignoreResult?.as(BooleanLiteralExprSyntax.self)?.literal.tokenKind == .keyword(.true)
    }

    /// The argument `execution`, if it asks for a thread to block; otherwise `nil`.
    var blocking: ExprSyntax? {
        self["execution"].flatMap { $0.trimmedDescription.hasSuffix(".blocking") ? $0 : nil }
    }

    /// The options as arguments of `TaskOptions.init`; `nil` if there are none.
    var options: String? {
        let texts = arguments.filter { ![nameLabel, "timeout"].contains($0.label?.text) }.map {
            $0.with(\.trailingComma, nil).trimmedDescription
        }
        return texts.isEmpty ? nil : texts.joined(separator: ", ")
    }

    func problems(defaultName: String, at function: TokenSyntax) -> [Diagnostic] {
        nameProblems(defaultName, at: function) + literalProblems
    }

    private subscript(label: String?) -> ExprSyntax? { arguments.first { $0.label?.text == label }?.expression }

    private func nameProblems(_ defaultName: String, at function: TokenSyntax) -> [Diagnostic] {
        guard let given = self[nameLabel], !given.is(NilLiteralExprSyntax.self) else {
            return Self.complaint(onName: defaultName).map { [$0.diagnostic(at: function)] } ?? []
        }
        guard let name else { return [TaskComplaint.nameNotLiteral.diagnostic(at: given)] }
        return Self.complaint(onName: name).map { [$0.diagnostic(at: given)] } ?? []
    }

    private static func complaint(onName name: String) -> TaskComplaint? {
        if name.isEmpty { return .emptyName }
        if name.count > 200 { return .longName }
        let isOdd = name.unicodeScalars.contains {
            [.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
        return isOdd ? .controlCharacter : nil
    }

    /// A wrong literal would stop the program at its first use, so it is reported here.
    private var literalProblems: [Diagnostic] {
        let queue = self["queue"].filter { !QueueNameCheck.isName($0) }
        let rate = self["rateLimit"].filter { !Self.isRateLimit($0) }
        return [
            queue.map { TaskComplaint.badQueueName.diagnostic(at: $0) },
            rate.map { TaskComplaint.badRateLimit.diagnostic(at: $0) },
        ].compactMap(\.self)
    }

    private static func isRateLimit(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let count = parts.first.flatMap({ Double($0) }), count > 0, count.isFinite else { return false }
        return parts.count == 1 || parts.count == 2 && ["s", "m", "h"].contains(parts[1])
    }
}

extension Optional where Wrapped == ExprSyntax {
    /// The expression if it is a string literal whose value satisfies `fits`; otherwise `nil`.
    fileprivate func filter(_ fits: (String) -> Bool) -> ExprSyntax? {
        flatMap { expression in
            expression.as(StringLiteralExprSyntax.self)?.representedLiteralValue.flatMap { fits($0) ? expression : nil }
        }
    }
}
