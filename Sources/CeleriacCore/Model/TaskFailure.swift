#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Why a call failed, as data. `AsyncResult.get` throws it and the result backend stores it.
///
/// It is made once, where a user's error becomes an outcome. An error that arrives from elsewhere (another process, a
/// Python worker) is only ever this value; no class is looked up by its name.
public struct TaskFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The error's type without its module, for example `SMTPError`. At most 200 characters.
    public var type: String
    /// The module of the type, for example `Signup`; `nil` if unknown.
    public var module: String?
    /// The error's message. At most 16 KiB.
    public var message: String
    /// The arguments of the exception, as Python's `exc.args`; empty if there is only the message.
    public var arguments: [JSONValue]
    /// A traceback or stack, if there is one. At most 64 KiB.
    public var traceback: String?
    /// The attempts that failed before this one, oldest first; at most the last 25.
    public var history: [FailedAttempt]

    public init(
        type: String, module: String? = nil, message: String, arguments: [JSONValue] = [], traceback: String? = nil,
        history: [FailedAttempt] = []
    ) {
        self.type = String(type.prefix(200))
        self.module = module
        self.message = Self.clipped(message, toBytes: 16 << 10)
        self.arguments = arguments
        self.traceback = traceback.map { Self.clipped($0, toBytes: 64 << 10) }
        self.history = history
    }

    public var description: String { "\(type): \(message)" }

    private static func clipped(_ text: String, toBytes limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…"
    }
}

/// A failed attempt of a call.
public struct FailedAttempt: Sendable, Hashable {
    /// 1 for the first start.
    public var attempt: Int
    public var at: Date
    public var type: String
    /// The first 500 characters of the error's message.
    public var message: String

    public init(attempt: Int, at: Date, type: String, message: String) {
        self.attempt = attempt
        self.at = at
        self.type = String(type.prefix(200))
        self.message = String(message.prefix(500))
    }
}
