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

    /// Starts one worker after another and kills each in the midst of its work: as soon as the journal has grown by a
    /// random number of bytes. Blocks.
    func killWorkers(_ kills: Int, slots: Int, lease: Duration, seed: UInt64) throws {
        var seed = seed
        for number in 0..<kills {
            let worker = try worker("victim\(number)", concurrency: slots, lease: lease)
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let target = journalSize + 1 + Int((seed >> 33) % 120)
            while journalSize < target, worker.process.isRunning { usleep(200) }
            worker.process.kill()
        }
    }

    private var journalSize: Int {
        var status = stat()
        return stat(scratch.path("journal"), &status) == 0 ? Int(status.st_size) : 0
    }

    /// The numbers of the tasks that started and of those that ran to their end, in order, repeats included.
    func journal() -> (starts: [Int], ends: [Int]) {
        let lines = scratch.lines("journal")
        func numbers(_ mark: Character) -> [Int] {
            lines.filter { $0.first == mark }.compactMap { Int($0.dropFirst()) }
        }
        return (numbers("+"), numbers("-"))
    }

    /// What became of the tasks 0 to `count`.
    func figures(of count: Int) -> Figures {
        let (starts, ends) = journal()
        return Figures(
            count: count, starts: starts.count, repeats: starts.count - Set(starts).count,
            lost: Set(0..<count).subtracting(ends)
        )
    }

    struct Figures: CustomStringConvertible {
        let count: Int
        let starts: Int
        let repeats: Int
        let lost: Set<Int>

        var description: String { "tasks \(count), starts \(starts), repeats \(repeats), lost \(lost.count)" }
    }
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
