import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Logging

/// A worker on the memory store that knows every task of the corpus, and bears what comes.
struct FuzzField: Sendable {
    let app: TaskApp
    let time = ManualTime()
    private let store: MemoryStore
    private let honest: ClosureTask<Int, Int>

    init() throws {
        store = MemoryStore(time: time)
        app = try TaskApp(
            Backend(store), options: AppOptions(discoversTasks: false), time: time,
            logger: Logger(label: "celeriac.fuzz") { _ in SwiftLogNoOpLogHandler() })
        honest = try app.task("fuzz.honest", options: TaskOptions(queue: "honest")) { (x: Int) in x + 1 }
        for name in try Self.names() { try app.register(Anything(name: name)) }
    }

    /// The tasks of all messages, and of all signatures in them.
    private static func names() throws -> Set<TaskName> {
        var names: Set<TaskName> = []
        func collect(_ value: JSONValue) {
            if let name = value["task"]?.stringValue, !name.hasPrefix("celery.") { names.insert(TaskName(name)) }
            for element in value.arrayValue ?? [] { collect(element) }
            for (_, member) in value.objectValue ?? [:] { collect(member) }
        }
        for message in try Corpus.messages() { collect(message) }
        return names.union(["rqtasks.add", "rqtasks.fail", "rqtasks.echo", "rqtasks.report_success"])
    }

    /// Has a worker run all of them, and what they lead to; then an honest call, which must come to its result.
    ///
    /// - Returns: how many attempts came to an end.
    func run(_ envelopes: [Envelope]) async throws -> Int {
        try await store.publish(envelopes.map { Publication($0, to: .default) })
        var processed = 0
        // Twice: retries and delays come due.
        for _ in 0..<2 {
            processed += try await drain([.default])
            await time.advance(by: .hours(1))
        }
        for queue in try await store.queues() where queue != "honest" { _ = try await store.purge(queue) }
        let letters = try await store.deadLetters(in: nil, after: nil, limit: 10_000)
        _ = try await store.deleteDeadLetters(letters.map(\.id))
        let answer = try await app.send(honest(41))
        _ = try await drain(["honest"])
        guard try await answer.get(timeout: .seconds(1)) == 42 else { throw CancellationError() }
        return processed
    }

    private func drain(_ queues: [QueueName]) async throws -> Int {
        var options = WorkerOptions(queues: .strict(queues), concurrency: 4, lease: .hours(9), burst: true)
        // What multiplies without end is cut off.
        options.maxTasks = 2_000
        let worker = Worker(app, options: options)
        try await worker.run()
        return worker.statistics.processed
    }
}

/// A task that takes any arguments. What it does depends on the id of its call alone.
private struct Anything: TaskDefinition {
    let name: TaskName

    var options: TaskOptions {
        name.rawValue.hasSuffix("add") ? TaskOptions(retry: .exponential(maxRetries: nil)) : TaskOptions()
    }

    func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> JSONValue {
        let isFirst = context.headers.extra["replaced_task_nesting"] == nil && context.attempt == 1
        switch context.id.rawValue.utf8.reduce(0, { ($0 &* 31 &+ Int($1)) & 0xFFFF }) % 12 {
        case 0: throw Mishap()
        case 1: throw context.retry()
        case 2: throw context.snooze(for: .minutes(90))
        case 3: throw context.reject("no")
        case 4 where isFirst: return try context.replace(with: .group([.call(name), .call("tasks.mul")]))
        case 5 where isFirst:
            return try context.replace(with: .chord([.call(name), .call("tasks.mul")], body: .call("tasks.xsum")))
        case 6 where isFirst: return try context.replace(with: .chain([.call(name), .call("tasks.xsum")]))
        case 7: return 9_223_372_036_854_775_807
        case 8: return .array(arguments.positional.map { _ in 1 })
        case 9: return .string(String(repeating: "x", count: 300))
        default: return 1
        }
    }
}

private struct Mishap: Error {}
