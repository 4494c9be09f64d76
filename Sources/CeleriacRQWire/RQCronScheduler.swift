package import CeleriacCore
import CeleriacWire

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A process that calls functions periodically: the hash `rq:cron_scheduler:<name>`. Source: RQ 3.0.0, `cron.py`.
package struct RQCronScheduler: Sendable, Hashable {
    /// The last part of the key, and also a field.
    package var name: String
    package var hostname: String?
    package var processID: Int?
    package var createdAt: Date?
    package var configurationFile: String?
    package var jobs: [RQCronJob] = []

    package init(name: String) { self.name = name }

    // MARK: The hash

    /// Reads the hash. No field is mandatory.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` or `tooLarge`, which names the field.
    package init(name: String, fields: RQFields, limits: MessageLimits = MessageLimits()) throws {
        let reader = RQFieldReader(fields, of: "a cron scheduler", limits: limits)
        self.init(name: try reader.text("name") ?? name)
        (hostname, processID) = (try reader.text("hostname"), try reader.integer("pid"))
        (createdAt, configurationFile) = (try reader.date("created_at"), try reader.text("config_file"))
        let list = try reader.json("cron_jobs") { list throws(JSONError) in try list.value() }
        jobs =
            try list?.arrayValue?.map { value in
                guard let job = RQCronJob(value) else {
                    throw reader.refusal("cron_jobs", "one of them is not a cron job")
                }
                return job
            } ?? []
    }

    /// Returns the hash, with the fields in RQ's order.
    package var fields: RQFields {
        var fields = RQFields()
        fields.put("hostname", hostname ?? "")
        fields.put("pid", processID ?? 0)
        fields.put("name", name)
        fields.put(ifAny: "created_at", createdAt.map(RQTime.text))
        fields.put("config_file", configurationFile ?? "")
        var writer = JSONWriter()
        writer.beginArray()
        for job in jobs { job.write(to: &writer) }
        writer.endArray()
        fields.put("cron_jobs", PythonJSON.text(of: writer.bytes))
        return fields
    }
}

/// A function that is called periodically: an element of a cron scheduler's `cron_jobs`.
package struct RQCronJob: Sendable, Hashable {
    /// "func_name": the dotted name.
    package var task: TaskName
    package var name: String
    package var queue: String
    /// The positional arguments as JSON text, or Python's text `not JSON serializable`.
    package var args: String?
    /// The named arguments, in the same form.
    package var kwargs: String?
    /// The time between two calls; `nil` if ``expression`` determines the calls.
    package var interval: Duration?
    /// "cron": five fields, in the scheduler's local time.
    package var expression: String?
    package var latestEnqueueTime: Date?
    package var nextEnqueueTime: Date?
    /// The other options of each call, by RQ's names: `job_timeout`, `result_ttl`, `meta` … Written in RQ's order.
    package var options: JSONObject = [:]

    package init(task: TaskName, name: String, queue: String) {
        self.task = task
        self.name = name
        self.queue = queue
    }

    /// The names of RQ's options, in RQ's order.
    private static let optionNames: [JSONKey] = ["job_timeout", "result_ttl", "ttl", "failure_ttl", "meta", "webhooks"]

    init?(_ value: JSONValue) {
        guard let members = value.objectValue, let task = members["func_name"]?.stringValue,
            let queue = members["queue_name"]?.stringValue
        else { return nil }
        self.init(task: TaskName(task), name: members["name"]?.stringValue ?? task, queue: queue)
        (args, kwargs) = (members["args"]?.stringValue, members["kwargs"]?.stringValue)
        interval = members["interval"]?.doubleValue.flatMap { (0...1e12).contains($0) ? .seconds($0) : nil }
        expression = members["cron"]?.stringValue
        latestEnqueueTime = members["latest_enqueue_time"]?.stringValue.flatMap(RQTime.parse)
        nextEnqueueTime = members["next_enqueue_time"]?.stringValue.flatMap(RQTime.parse)
        options = members.filter { !Self.ownNames.contains($0.key) }
    }

    private static let ownNames: Set<JSONKey> = [
        "func_name", "name", "queue_name", "args", "kwargs", "interval", "cron", "latest_enqueue_time",
        "next_enqueue_time",
    ]

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("func_name", task.rawValue)
        writer.field("name", name)
        writer.field("queue_name", queue)
        writer.field("args", args, orNull: true)
        writer.field("kwargs", kwargs, orNull: true)
        writer.key("interval")
        writer.seconds(interval)
        writer.field("cron", expression, orNull: true)
        writer.field("latest_enqueue_time", latestEnqueueTime.map(RQTime.text), orNull: true)
        writer.field("next_enqueue_time", nextEnqueueTime.map(RQTime.text), orNull: true)
        let others = options.keys.filter { !Self.optionNames.contains($0) }.sorted()
        for name in Self.optionNames + others {
            guard let value = options[name] else { continue }
            writer.key(name)
            writer.write(value)
        }
        writer.endObject()
    }
}
