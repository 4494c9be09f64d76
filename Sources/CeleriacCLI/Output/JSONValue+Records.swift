import Celeriac
import Foundation

// The documents of `--json`. Their keys are part of the public interface.

extension JSONValue {
    static func date(_ date: Date?) -> JSONValue {
        date.map { .string($0.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))) } ?? .null
    }

    static func text(_ text: (some CustomStringConvertible)?) -> JSONValue {
        text.map { .string($0.description) } ?? .null
    }

    static func count(_ count: Int?) -> JSONValue { count.map { .integer(Int64($0)) } ?? .null }

    static func seconds(_ duration: Duration?) -> JSONValue { duration.map { .double($0.seconds) } ?? .null }

    /// Parses stored bytes as JSON; bytes that are not JSON become a string.
    static func stored(_ bytes: [UInt8]?) -> JSONValue {
        guard let bytes else { return .null }
        return (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }

    static func array<Element>(_ elements: [Element], _ make: (Element) -> JSONValue) -> JSONValue {
        .array(elements.map(make))
    }

    static func record(_ record: TaskRecord) -> JSONValue {
        [
            "id": .text(record.id), "state": .text(record.state), "task": .text(record.task),
            "queue": .text(record.queue), "worker": .text(record.worker), "attempt": .count(record.attempt),
            "started_at": .date(record.startedAt), "at": .date(record.at), "parent_id": .text(record.parentID),
            "result": .stored(record.result), "meta": .stored(record.meta),
            "failure": record.failure.map(JSONValue.failure) ?? .null,
        ]
    }

    static func failure(_ failure: TaskFailure) -> JSONValue {
        [
            "type": .string(failure.type), "module": .text(failure.module), "message": .string(failure.message),
            "traceback": .text(failure.traceback), "history": .array(failure.history, attempt),
        ]
    }

    private static func attempt(_ failed: FailedAttempt) -> JSONValue {
        [
            "attempt": .count(failed.attempt), "at": .date(failed.at), "type": .string(failed.type),
            "message": .string(failed.message),
        ]
    }

    static func counts(
        _ counts: QueueCounts, of queue: QueueName, isServed: Bool?, isPaused: Bool?
    ) -> JSONValue {
        [
            "queue": .text(queue), "ready": .count(counts.ready), "delayed": .count(counts.delayed),
            "running": .count(counts.leased), "dead": .count(counts.dead), "oldest": .seconds(counts.oldestReady),
            "served": isServed.map(JSONValue.bool) ?? .null, "paused": isPaused.map(JSONValue.bool) ?? .null,
        ]
    }

    static func worker(_ worker: WorkerStatus) -> JSONValue {
        [
            "name": .string(worker.name), "host": .string(worker.host), "pid": .integer(Int64(worker.pid)),
            "queues": .array(worker.queues, JSONValue.string), "concurrency": .count(worker.concurrency),
            "running": .array(worker.active, running), "reserved": .array(worker.reserved, running),
            "processed": .count(worker.processed),
            "failed": .count(worker.failed), "tasks": .array(worker.tasks, JSONValue.string),
            "started_at": .date(worker.startedAt), "last_beat": .date(worker.lastBeat),
        ]
    }

    static func running(_ task: WorkerStatus.Running) -> JSONValue {
        [
            "id": .string(task.id), "task": .string(task.task), "queue": .string(task.queue),
            "attempt": .count(task.attempt), "started_at": .date(task.startedAt),
        ]
    }

    static func message(_ message: QueuedMessage) -> JSONValue {
        [
            "id": .text(message.id), "task": .text(message.envelope.task), "queue": .text(message.queue),
            "status": .string(message.status.rawValue), "attempt": .count(message.envelope.headers.attempt),
            "not_before": .date(message.notBefore), "enqueued_at": .date(message.enqueuedAt),
        ]
    }

    /// - Parameter body: whether to include the arguments; lists omit them.
    static func deadLetter(_ letter: DeadLetter, body: Bool) -> JSONValue {
        var document: JSONObject = [
            "id": .text(letter.id), "task": .text(letter.envelope.task), "queue": .text(letter.queue),
            "attempt": .count(letter.envelope.headers.attempt), "died_at": .date(letter.diedAt),
            "reason": .string(letter.reason),
        ]
        if body {
            document["body"] = .stored(letter.envelope.body)
            document["history"] = .array(letter.envelope.headers.history, attempt)
        }
        return .object(document)
    }
}
