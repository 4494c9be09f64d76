package import CeleriacCore

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// One run of a job on a worker: the hash `rq:execution:<job>:<id>`. Source: RQ 3.0.0, `executions.py`.
package struct RQExecution: Sendable, Hashable {
    /// 32 hexadecimal digits if RQ made it.
    package var id: String
    package var jobID: TaskID
    package var workerName: String
    package var createdAt: Date
    package var lastHeartbeat: Date

    package init(id: String, jobID: TaskID, workerName: String, createdAt: Date) {
        self.id = id
        self.jobID = jobID
        self.workerName = workerName
        self.createdAt = createdAt
        lastHeartbeat = createdAt
    }

    /// The member of `rq:wip:<queue>` and of a worker's executions: `<job>:<id>`.
    package var member: String { "\(jobID):\(id)" }

    /// Splits such a member at its last colon.
    ///
    /// - Returns: `nil` if a part is missing.
    package static func parse(member: String) -> (job: TaskID, id: String)? {
        guard let colon = member.lastIndex(of: ":") else { return nil }
        let (job, id) = (String(member[..<colon]), String(member[member.index(after: colon)...]))
        return job.isEmpty || id.isEmpty ? nil : (TaskID(job), id)
    }

    // MARK: The hash

    /// Reads the hash. A missing id, as in hashes of older versions, is taken from the key.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, which names the field.
    package init(id: String, jobID: TaskID, fields: RQFields, limits: MessageLimits = MessageLimits()) throws {
        let reader = RQFieldReader(fields, of: "an execution", limits: limits)
        guard let createdAt = try reader.secondsDate("created_at") else {
            throw reader.refusal("created_at", "it is missing")
        }
        self.init(
            id: try reader.text("id") ?? id, jobID: try reader.text("job_id").map { TaskID($0) } ?? jobID,
            workerName: try reader.text("worker_name") ?? "", createdAt: createdAt)
        if let date = try reader.secondsDate("last_heartbeat") { lastHeartbeat = date }
    }

    /// Returns the hash, with the fields in RQ's order.
    package var fields: RQFields {
        var fields = RQFields()
        fields.put("id", id)
        fields.put("job_id", jobID.rawValue)
        fields.put("created_at", RQTime.seconds(createdAt))
        fields.put("last_heartbeat", RQTime.seconds(lastHeartbeat))
        fields.put("worker_name", workerName)
        return fields
    }
}
