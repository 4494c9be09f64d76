/// Which messages a binding of a headers exchange takes: it compares pairs with the headers of a call, see
/// ``CallOptions/headers``.
///
/// ```swift
/// Exchange("papers", .headers, bindings: [
///     .init("printing", matching: HeaderMatch(.all, ["format": "pdf", "colour": true])),
/// ])
/// ```
///
/// A value fits if it is equal and of the same type: the text `"3"` does not fit the integer `3`.
public struct HeaderMatch: Sendable, Hashable {
    /// AMQP's `x-match`.
    public enum Rule: String, Sendable, Hashable, CaseIterable {
        /// Every pair must fit.
        case all
        /// At least one pair must fit.
        case any
        /// As ``all``; the names of the pairs may begin with `x-`. RabbitMQ has it since 3.10.
        case allWithX = "all-with-x"
        /// As ``any``; the names of the pairs may begin with `x-`. RabbitMQ has it since 3.10.
        case anyWithX = "any-with-x"

        fileprivate var comparesX: Bool { self == .allWithX || self == .anyWithX }
    }

    public enum Value: Sendable, Hashable {
        case string(String)
        case integer(Int64)
        case bool(Bool)
    }

    public var rule: Rule
    /// By the names of the headers.
    public var pairs: [String: Value]

    public init(_ rule: Rule = .all, _ pairs: [String: Value]) {
        self.rule = rule
        self.pairs = pairs
    }
}

extension HeaderMatch.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension HeaderMatch {
    private static let longestName = 255

    /// Why the server would take the match for something else than it says; `nil` if it would not.
    var objection: String? {
        for name in pairs.keys.sorted() {
            if name.isEmpty || name.utf8.count > Self.longestName {
                return "the name of a header has 1 to \(Self.longestName) bytes"
            }
            if name == "x-match" { return "x-match is the rule, and cannot be a header too" }
            if name.hasPrefix("x-"), !rule.comparesX {
                return "the rule \(rule.rawValue) ignores headers that begin with x-, as \"\(name.onOneLine)\" does: "
                    + "use \(rule.rawValue)-with-x"
            }
        }
        return nil
    }
}
