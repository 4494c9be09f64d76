import CeleriacCore
import Foundation
import StoreKit

extension StoreTransaction {
    /// Returns the queues that are not paused. Every claim asks; the table has a row for each paused queue only.
    func open(among queues: [QueueName]) throws -> [QueueName] {
        let find = try use(.pauses)
        var paused: Set<String> = []
        while try find.step() { paused.insert(find.text(0)) }
        return paused.isEmpty ? queues : queues.filter { !paused.contains($0.rawValue) }
    }

    func pause(_ pause: QueuePause) throws {
        var insert = try use(.pauseQueue)
        insert.bind(pause.queue.rawValue)
        insert.bind(pause.at.timeIntervalSinceReferenceDate)
        insert.bind(pause.actor)
        insert.bind(pause.note)
        try insert.run()
    }

    /// Resumes a queue, and wakes the claims that wait for it.
    func resume(_ queue: QueueName) throws {
        var delete = try use(.resumeQueue)
        delete.bind(queue.rawValue)
        if try delete.run() > 0 { wakes.add(queue) }
    }

    // MARK: The audit log

    /// - Parameter text: the entry as JSON.
    func append(_ entry: AuditEntry, _ text: [UInt8]) throws {
        var insert = try use(.appendAudit)
        insert.bind(entry.id)
        insert.bind(entry.at.timeIntervalSinceReferenceDate)
        insert.bind(text)
        guard try insert.run() == 0 else { return try trimAudit() }
        var replace = try use(.replaceAudit)
        replace.bind(entry.at.timeIntervalSinceReferenceDate)
        replace.bind(text)
        replace.bind(entry.id)
        try replace.run()
    }

    private func trimAudit() throws {
        var trim = try use(.trimAudit)
        trim.bind(Int64(AuditEntry.mostKept))
        trim.bind(now.adding(.zero - AuditEntry.longestKept).timeIntervalSinceReferenceDate)
        try trim.run()
    }
}
