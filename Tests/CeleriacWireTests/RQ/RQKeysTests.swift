import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

@Suite("RQ's keys")
struct RQKeysTests {
    /// Every key that is in the recordings, in commands and in what was left behind.
    private func recordedKeys() throws -> Set<String> {
        var keys: Set<String> = []
        func visit(_ value: JSONValue) {
            switch value {
            case .string(let text):
                if text.hasPrefix("rq:"), !text.hasSuffix(":"), !text.contains(where: \.isWhitespace) {
                    keys.insert(text)
                }
            case .array(let elements): elements.forEach(visit)
            case .object(let members): for (name, member) in members { visit(.string(name.text)); visit(member) }
            case .null, .bool, .integer, .bigInteger, .double, .illFormedString: break
            }
        }
        for fixture in try Fixture.recordingsOfRQ() { visit(fixture.document) }
        return keys
    }

    @Test("each key of the recordings is one of ours")
    func makesRecorded() throws {
        let recorded = try recordedKeys()
        #expect(recorded.count > 150)
        let keys = RQKeys.usual
        var parts = Set(recorded.flatMap { $0.split(separator: ":").map(String.init) })
        // Names with colons in them.
        parts.formUnion(recorded.compactMap { $0.hasPrefix("rq:cron_scheduler:") ? String($0.dropFirst(18)) : nil })
        var ours: Set = [
            keys.queues, keys.workers, keys.suspended, keys.cleaningGroups, keys.groups, keys.rateLimits,
            keys.cronSchedulers,
            keys.cronJobs,
        ]
        for part in parts {
            let job = TaskID(part)
            ours.formUnion([
                keys.job(job), keys.dependents(of: job), keys.dependencies(of: job), keys.results(of: job),
                keys.executions(of: job),
                keys.worker(part), keys.executions(ofWorker: part), keys.commands(for: part), keys.group(part),
                keys.rateLimit(part),
                keys.allowed(underRateLimit: part), keys.waiting(underRateLimit: part), keys.scheduler(part),
                keys.cronScheduler(part),
                keys.jobs(ofCronJob: part),
            ])
            guard let queue = QueueName(rawValue: part) else { continue }
            ours.formUnion([
                keys.queue(queue), keys.intermediate(queue), keys.started(queue), keys.finished(queue),
                keys.failed(queue),
                keys.deferred(queue), keys.ready(queue), keys.scheduled(queue), keys.canceled(queue),
                keys.workers(of: queue),
                keys.cleaning(queue), keys.schedulerLock(queue),
            ])
        }
        for key in recorded.subtracting(ours) {
            let words = key.split(separator: ":").map(String.init)
            let isExecution = words.count == 4 && key == keys.execution(words[3], of: TaskID(words[2]))
            let queue = try QueueName(words.count > 2 ? words[2] : "none")
            let isFirstSeen = words.count == 6 && key == keys.firstSeen(TaskID(words[5]), in: queue)
            #expect(isExecution || isFirstSeen, "\(key)")
        }
    }

    @Test("a queue is known by its key, and only by that of a queue")
    func readsQueues() throws {
        let keys = try RQKeys(prefix: "app{1}:rq")
        #expect(keys.queue("high") == "app{1}:rq:queue:high")
        #expect(keys.queue(ofKey: "app{1}:rq:queue:high") == "high")
        #expect(keys.dependencies(of: "j") == "app{1}:rq:job::j:dependencies")
        for key in ["rq:queue:high", "app{1}:rq:queue:", "app{1}:rq:queues", "app{1}:rq:queue:two\nlines"] {
            #expect(keys.queue(ofKey: key) == nil)
        }
        for prefix in ["", "a b", "é", "a%"] { #expect(throws: CeleriacError.self) { try RQKeys(prefix: prefix) } }
    }
}
