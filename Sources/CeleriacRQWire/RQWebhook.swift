package import CeleriacCore
import CeleriacWire

/// An HTTP request that RQ's workers make when a job has finished or failed. Source: RQ 3.0.0, `webhook.py`.
package struct RQWebhook: Sendable, Hashable {
    package var url: String
    /// ``RQStatus/finished`` or ``RQStatus/failed``.
    package var status: RQStatus
    /// `GET` or `POST`.
    package var method: String
    /// Written in the order of their names.
    package var headers: [String: String]?
    package var timeout: RQSpan

    package init(
        url: String, on status: RQStatus, method: String = "GET", headers: [String: String]? = nil,
        timeout: RQSpan = RQSpan(seconds: 10)
    ) {
        self.url = url
        self.status = status
        self.method = method
        self.headers = headers
        self.timeout = timeout
    }

    /// Returns the body of a `POST`: a JSON object of `job_id`, `func_name`, `status`, the two dates, and, if the job
    /// failed, `exc_info`. A `GET` has no body.
    ///
    /// - Parameter exceptionText: the traceback, if the job failed.
    package func payload(of job: RQJob, task: TaskName, exceptionText: String? = nil) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("job_id", job.id.rawValue)
        writer.field("func_name", task.rawValue)
        writer.field("status", status.rawValue)
        writer.field("enqueued_at", job.enqueuedAt, orNull: true)
        writer.field("ended_at", job.endedAt, orNull: true)
        if status == .failed { writer.field("exc_info", exceptionText, orNull: true) }
        writer.endObject()
        return PythonJSON.text(of: writer.bytes)
    }

    // MARK: In a job's hash

    /// - Returns: `nil` if the text cannot be read. RQ then runs the job without webhooks, and so do we.
    static func list(in text: [UInt8], limits: MessageLimits) -> [RQWebhook]? {
        guard let elements = (try? JSONValue(parsing: text, limits: limits.json))?.arrayValue else { return nil }
        let webhooks = elements.compactMap(RQWebhook.init)
        return webhooks.count == elements.count ? webhooks : nil
    }

    private init?(_ value: JSONValue) {
        guard let url = value["url"]?.stringValue,
            let status = value["job_status"]?.stringValue.flatMap(RQStatus.init(rawValue:))
        else { return nil }
        self.init(url: url, on: status, method: value["method"]?.stringValue ?? "GET")
        headers = value["headers"]?.objectValue.map { members in
            Dictionary(
                members.compactMap { name, value in value.stringValue.map { (name.text, $0) } },
                uniquingKeysWith: { $1 })
        }
        if let seconds = value["timeout"]?.intValue { timeout = RQSpan(seconds: seconds) }
    }

    /// Returns the webhooks as a cron scheduler lists them; `nil` for an empty list.
    package static func listText(_ webhooks: [RQWebhook]) -> String? {
        webhooks.isEmpty ? nil : String(decoding: text(of: webhooks), as: UTF8.self)
    }

    static func text(of webhooks: [RQWebhook]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for webhook in webhooks { webhook.write(to: &writer) }
        writer.endArray()
        return PythonJSON.text(of: writer.bytes)
    }

    private func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("url", url)
        writer.field("job_status", status.rawValue)
        writer.field("method", method)
        writer.key("headers")
        writer.write(headers.map { .object(JSONObject($0.mapValues(JSONValue.string))) } ?? .null)
        writer.field("timeout", timeout.seconds)
        writer.endObject()
    }
}
