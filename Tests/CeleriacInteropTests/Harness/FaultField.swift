import Celeriac
import CeleriacCore
import Foundation
import RedisUnderTest
import Synchronization

/// A Redis server and workers that are made to suffer, with the journal of what they ran.
final class FaultField: Sendable {
    let server: RedisServer
    let scratch: Scratch
    let app: TaskApp
    /// `redis` for Celery's wire, `rq` for RQ's.
    private let scheme: String

    private init(_ options: RedisServer.Options, _ scheme: String) async throws {
        self.scheme = scheme
        scratch = try Scratch()
        server = try RedisServer(options)
        try await server.start()
        app = try Fleet.app("\(scheme)://127.0.0.1:\(server.port)/0")
    }

    static func run(
        _ options: RedisServer.Options = RedisServer.Options(), scheme: String = "redis",
        _ body: (FaultField) async throws -> Void
    ) async throws {
        let field = try await FaultField(options, scheme)
        defer { field.server.clear() }
        try await body(field)
    }

    /// - Parameter port: of a proxy; `nil` = the server's own.
    func worker(
        _ name: String = "victim", concurrency: Int = 4, lease: Duration = .seconds(30), port: Int? = nil
    ) throws -> SwiftWorker {
        let url = "\(scheme)://127.0.0.1:\(port ?? server.port)/0"
        return try SwiftWorker(
            name, redis: url, concurrency: concurrency, lease: lease, mingles: false, scratch: scratch)
    }

    func sendMarks(_ count: Int, from first: Int = 0) async throws -> [AsyncResult<Int>] {
        try await app.send(
            (first..<first + count).map { Signature<Int>("crash.mark", EncodedArguments(args: [.integer(Int64($0))])) })
    }

    /// Starts one worker after another and kills each in the midst of its work, see ``Journal/killAll(_:seed:_:)``.
    func killWorkers(_ kills: Int, slots: Int, lease: Duration, seed: UInt64) throws {
        try journal.killAll(kills, seed: seed) { number in
            try worker("victim\(number)", concurrency: slots, lease: lease)
        }
    }

    /// What the workers ran.
    var journal: Journal { Journal(scratch: scratch) }
}

/// Sends one call after another, and knows which were accepted.
final class Load: Sendable {
    private let app: TaskApp
    private let numbers = Mutex((accepted: [Int](), refused: 0))

    init(_ app: TaskApp) { self.app = app }

    var accepted: [Int] { numbers.withLock { $0.accepted } }
    /// Sends that failed: what became of these is not promised.
    var refused: Int { numbers.withLock { $0.refused } }

    static func id(_ number: Int) -> TaskID { TaskID("load-\(number)") }

    /// Until cancelled.
    func send() async {
        var number = 0
        while !Task.isCancelled {
            number += 1
            do {
                try await app.send(
                    "crash.mark", args: [.integer(Int64(number))], options: CallOptions(id: Self.id(number)))
                numbers.withLock { $0.accepted.append(number) }
                // So that the load does not outrun the workers by far.
                while number % 200 == 0, try await app.queue("celery").count > 400 { try await pauseBriefly() }
            } catch {
                numbers.withLock { $0.refused += 1 }
                try? await pauseBriefly()
            }
        }
    }
}
