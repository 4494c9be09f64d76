import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import CeleriacWire
import Foundation
import Testing

@testable import CeleriacRQ

/// Messages that are decoded are also planned, run, decided on and expanded: nothing of that traps, whatever they hold.
///
/// `CELERIAC_FUZZ_SEED` repeats a run, `CELERIAC_FUZZ_ROUNDS` makes it longer.
@Suite("Messages of any content, run by a real worker", .serialized)
struct WorkerFuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = environment["CELERIAC_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 1_200
    /// Two that are the same each time, and one that is not.
    private static let seeds: [UInt64] =
        environment["CELERIAC_FUZZ_SEED"].flatMap { UInt64($0) }.map { [$0] }
        ?? [1, 20_261_129, UInt64.random(in: 0 ... .max)]
    private static let batch = 40

    @Test("mutated messages of Celery's stop no worker", .timeLimit(.minutes(15)), arguments: seeds)
    func celery(seed: UInt64) async throws {
        print("Celery's messages: CELERIAC_FUZZ_SEED=\(seed)")
        let (field, corpus) = (try FuzzField(), try Corpus.messages())
        #expect(corpus.count > 60)
        var random = SplitMix(state: seed)
        var processed = 0
        for start in stride(from: 0, to: Self.rounds, by: Self.batch) {
            let envelopes = (start..<start + Self.batch).compactMap { round in
                let tree = random.pick(corpus).replacing(["headers", "id"], with: .string("round-\(round)"))
                let mutated = random.mutated(tree)
                let isOfBytes = random.next() % 4 == 0
                return isOfBytes
                    ? tree.envelope(body: random.mutated(tree["body"]?.bytes ?? [])) : mutated.envelope
            }
            processed += try await field.run(envelopes)
        }
        #expect(processed > Self.rounds / 8, "seed \(seed)")
    }

    @Test("mutated jobs of RQ's stop no worker", .timeLimit(.minutes(15)), arguments: seeds)
    func rq(seed: UInt64) async throws {
        print("RQ's jobs: CELERIAC_FUZZ_SEED=\(seed)")
        let (field, corpus) = (try FuzzField(), try Corpus.jobs())
        #expect(corpus.count > 20)
        var random = SplitMix(state: seed)
        var read = 0
        for start in stride(from: 0, to: Self.rounds, by: Self.batch) {
            let messages = (start..<start + Self.batch).compactMap { round in
                try? RQMessage(
                    id: TaskID("round-\(round)"), fields: random.mutated(job: random.pick(corpus)), in: nil,
                    limits: RQOptions().limits)
            }
            read += messages.count
            for message in messages { try EndedJob(message).end() }
            _ = try await field.run(messages.map(\.envelope))
        }
        #expect(read > Self.rounds / 8, "seed \(seed)")
    }

    @Test("every number of every message of Celery's may be any other", .timeLimit(.minutes(15)))
    func numbersOfCelery() async throws {
        let field = try FuzzField()
        var seen: Set<Path> = []
        var envelopes: [Envelope] = []
        for tree in try Corpus.messages() {
            for path in tree.leaves where tree[path]?.isNumberOrNull == true && seen.insert(path.kind).inserted {
                for number in EdgeNumbers.json {
                    let id = JSONValue.string("edge-\(envelopes.count)")
                    let changed = tree.replacing(path, with: number).replacing(["headers", "id"], with: id)
                    if let envelope = changed.envelope { envelopes.append(envelope) }
                }
            }
        }
        #expect(seen.count > 30, "\(seen.count)")
        #expect(envelopes.count > 300, "\(envelopes.count)")
        for start in stride(from: 0, to: envelopes.count, by: 200) {
            _ = try await field.run(Array(envelopes[start..<min(start + 200, envelopes.count)]))
        }
    }

    @Test("every number of every job of RQ's may be any other", .timeLimit(.minutes(15)))
    func numbersOfRQ() async throws {
        let field = try FuzzField()
        var messages: [RQMessage] = []
        let corpus = try Corpus.jobs()
        // Each field with each number in a few jobs, of either serializer.
        for job in stride(from: 0, to: corpus.count, by: max(1, corpus.count / 6)).map({ corpus[$0] }) {
            for name in EndedJob.numbers {
                for (text, list) in EdgeNumbers.texts.map({ ($0, "[\($0)]") }) {
                    let value = name.hasSuffix("intervals") ? list : text
                    let fields = job.filter { $0.name != name } + [RQFields.Field(name, value)]
                    let message = try? RQMessage(
                        id: TaskID("edge-\(messages.count)"), fields: RQFields(fields), in: "celery",
                        limits: RQOptions().limits)
                    if let message { messages.append(message) }
                }
            }
        }
        #expect(messages.count > 500, "\(messages.count)")
        for message in messages { try EndedJob(message).end() }
        for start in stride(from: 0, to: messages.count, by: 400) {
            let part = messages[start..<min(start + 400, messages.count)]
            _ = try await field.run(part.map(\.envelope))
        }
    }
}

/// A job that comes to each of its ends, as far as RQ's layout decides what changes with it.
private struct EndedJob {
    static let numbers = [
        "number_of_retries", "retries_left", "retry_intervals", "repeats_left", "repeat_intervals", "timeout", "ttl",
        "result_ttl", "failure_ttl", "success_callback_timeout", "failure_callback_timeout",
        "stopped_callback_timeout", "rate_limit_concurrency", "enqueue_at_front", "enqueue_at_front_on_retry",
        "allow_dependency_failures", "celeriac_deliveries", "celeriac_retries",
    ]

    private let held: RQHeld
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    init(_ message: RQMessage) {
        held = RQHeld(
            consumer: 1, order: 1, queue: "celery", id: message.envelope.id, execution: "e", worker: "w",
            startedAt: now, message: message)
    }

    func end() throws {
        let envelope = try #require(held.message?.envelope)
        _ = JobSnapshot(try #require(held.message?.job), limits: MessageLimits())
        for state: TaskState in [.success, .failure, .revoked, .retry] {
            let change = StateChange(
                id: held.id, state: state, attempt: envelope.attempt, at: now, expires: envelope.expires)
            for isAsked in [false, true] {
                let decision = RQEndDecision(
                    held: held, change: change, now: now, options: RQOptions(), wasStopped: isAsked,
                    isAskedRetry: isAsked)
                for settlement: Settlement in [
                    .ack, .deadLetter(reason: "no"), .release(notBefore: envelope.expires),
                    .retry(envelope, notBefore: envelope.expires),
                ] { _ = try? decision.ending(for: settlement) }
            }
        }
    }
}

extension SplitMix {
    fileprivate mutating func mutated(job: [RQFields.Field]) -> RQFields {
        var fields = job
        for _ in 0...next() % 3 {
            let place = Int(next() % UInt64(fields.count))
            switch next() % 4 {
            case 0: fields[place] = RQFields.Field(fields[place].name, mutated(fields[place].value))
            case 1: fields.append(RQFields.Field(pick(EndedJob.numbers), pick(EdgeNumbers.texts)))
            case 2: fields.append(RQFields.Field(fields[place].name, pick(EdgeNumbers.texts)))
            default: if fields.count > 1 { fields.remove(at: place) }
            }
        }
        return RQFields(fields)
    }
}

extension JSONValue {
    fileprivate var isNumberOrNull: Bool {
        switch self {
        case .null, .integer, .bigInteger, .double: true
        case .bool, .string, .illFormedString, .array, .object: false
        }
    }
}

extension Path: ExpressibleByArrayLiteral {
    init(arrayLiteral names: String...) { self.init(steps: names.map { .name(JSONKey($0)) }) }
}
