public import Celeriac

/// The result of Python's `texts.summary`: a `dict` with the same keys.
public struct Summary: Codable, Sendable, Hashable {
    public var words: Int
    public var longest: String?
    public var start: String
}

/// The tasks of `Python/celery_app.py`.
public enum Texts {
    /// `def summary(text, *, limit=3)`: the label is for Swift, the parameter name is the one in Python.
    @RemoteTask("texts.summary", queue: "python", expires: .minutes(5), timeout: .seconds(30))
    public static func summary(_ text: String, first limit: Int = 3) async throws -> Summary
}
