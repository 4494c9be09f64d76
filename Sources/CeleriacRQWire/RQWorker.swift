package import CeleriacCore

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A worker as RQ lists it: the hash `rq:worker:<name>`. Source: RQ 3.0.0, `worker/base.py`.
package struct RQWorker: Sendable, Hashable {
    /// A worker's current activity. Later versions may add states.
    package struct State: RawRepresentable, Sendable, Hashable {
        package static let started = State(rawValue: "started")
        package static let idle = State(rawValue: "idle")
        package static let busy = State(rawValue: "busy")
        package static let suspended = State(rawValue: "suspended")

        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    /// The last part of the key; not a field of the hash.
    package var name: String
    package var birth: Date?
    package var lastHeartbeat: Date?
    /// In the order in which the worker serves them.
    package var queues: [String] = []
    package var processID: Int?
    package var hostname: String?
    /// The address of its connection, `<ip>:<port>`.
    package var address: String?
    /// The version of RQ, or of the program that the worker is.
    package var version: String?
    package var pythonVersion: String?
    package var state: State?
    package var successfulJobs = 0
    /// The number of failed attempts, including those that will be retried.
    package var failedJobs = 0
    package var totalWorkingTime: Duration = .zero
    package var shutdownRequestedAt: Date?
    package var death: Date?
    /// The running job, in hashes of RQ before 3.0; later versions keep it in the set of a worker's executions.
    package var currentJob: TaskID?

    package init(name: String) { self.name = name }

    // MARK: The hash

    /// Reads the hash. No field is mandatory.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, which names the field.
    package init(name: String, fields: RQFields, limits: MessageLimits = MessageLimits()) throws {
        let reader = RQFieldReader(fields, of: "a worker", limits: limits)
        self.init(name: name)
        (birth, lastHeartbeat) = (try reader.date("birth"), try reader.date("last_heartbeat"))
        queues = try reader.text("queues")?.split(separator: ",").map(String.init) ?? []
        processID = try reader.integer("pid")
        (hostname, address) = (try reader.text("hostname"), try reader.text("ip_address"))
        (version, pythonVersion) = (try reader.text("version"), try reader.text("python_version"))
        state = try reader.text("state").map(State.init(rawValue:))
        successfulJobs = try reader.count("successful_job_count")
        failedJobs = try reader.count("failed_job_count")
        totalWorkingTime = try Self.workingTime(reader)
        (shutdownRequestedAt, death) = (try reader.date("shutdown_requested_date"), try reader.date("death"))
        currentJob = try reader.text("current_job").map { TaskID($0) }
    }

    private static func workingTime(_ reader: RQFieldReader) throws -> Duration {
        let seconds = try reader.double("total_working_time") ?? 0
        // Durations trap beyond their range; no worker has worked for thirty thousand years.
        guard (0...1e12).contains(seconds) else {
            throw reader.refusal("total_working_time", "it must be from 0 to 1,000,000,000,000 seconds")
        }
        return .seconds(seconds)
    }

    /// The fields that a worker writes when it starts, in RQ's order.
    package var birthFields: RQFields {
        var fields = RQFields()
        fields.put(ifAny: "birth", birth.map(RQTime.text))
        fields.put(ifAny: "last_heartbeat", lastHeartbeat.map(RQTime.text))
        fields.put("queues", queues.joined(separator: ","))
        fields.put(ifAny: "pid", processID)
        fields.put(ifAny: "hostname", hostname)
        fields.put(ifAny: "ip_address", address)
        fields.put(ifAny: "version", version)
        fields.put(ifAny: "python_version", pythonVersion)
        return fields
    }

    /// The whole hash. Counters are included only if they are not zero, because Redis creates them when they first
    /// grow.
    package var fields: RQFields {
        var fields = birthFields
        fields.put(ifAny: "state", state?.rawValue)
        if successfulJobs > 0 { fields.put("successful_job_count", successfulJobs) }
        if failedJobs > 0 { fields.put("failed_job_count", failedJobs) }
        if totalWorkingTime > .zero { fields.put("total_working_time", Self.text(totalWorkingTime)) }
        fields.put(ifAny: "shutdown_requested_date", shutdownRequestedAt.map(RQTime.text))
        fields.put(ifAny: "death", death.map(RQTime.text))
        fields.put(ifAny: "current_job", currentJob?.rawValue)
        return fields
    }

    /// Writes a number as Redis does after adding to it: without a fraction of zero.
    private static func text(_ duration: Duration) -> String {
        let text = RQTime.rounded(duration.seconds).description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
