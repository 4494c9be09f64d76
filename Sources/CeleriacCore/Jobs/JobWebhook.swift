/// An HTTP request that the worker makes when a job has finished or failed for good: RQ's `Webhook`.
///
/// A `POST` carries a JSON object with `job_id`, `func_name`, `status`, `enqueued_at`, `ended_at` and, for a failure,
/// `exc_info`; a `GET` carries no object. The outcome of the request is logged, and changes nothing.
public struct JobWebhook: Sendable, Hashable {
    /// The end of a job at which the request is made.
    public enum End: String, Sendable, Hashable, CaseIterable { case finished, failed }
    public enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case post = "POST"
    }

    /// `http://` or `https://`.
    public var url: String
    public var end: End
    public var method: Method
    public var headers: [String: String]
    /// The timeout of the request, in whole seconds. Default 10, as with RQ.
    public var timeout: Duration

    public init(
        _ url: String, on end: End, method: Method = .get, headers: [String: String] = [:],
        timeout: Duration = .seconds(10)
    ) {
        self.url = url
        self.end = end
        self.method = method
        self.headers = headers
        self.timeout = timeout
    }

    /// Errors do not show the URL itself, because it may contain a password.
    func check() throws {
        let rest = ["http://", "https://"].first { url.lowercased().hasPrefix($0) }.map { url.dropFirst($0.count) }
        try demand(
            rest.map { !$0.isEmpty && !$0.hasPrefix("/") } ?? false, "a webhook goes to a URL http://… or https://…")
        try demand(timeout > .zero, "the timeout of a webhook must be greater than zero")
    }
}
