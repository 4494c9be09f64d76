import Celeriac
import CeleriacCore
import CeleriacSQLite
import Foundation
import Testing

/// Maps and replacements in children.
@Suite("maps and replacements in children", .serialized)
struct PoolCanvasTests {
    private func withPool(_ settings: [String: Int] = [:], _ body: (PoolField, SupervisorProcess) async throws -> Void)
        async throws
    {
        let field = try PoolField()
        defer { field.clear() }
        let worker = try field.start(children: 1, perChild: 2, settings)
        defer { worker.end() }
        try await worker.waits(for: "ready")
        try await body(field, worker)
        worker.signal(SIGTERM)
        #expect(try await worker.waitForExit() == 0, "\(worker.complaints)")
    }

    @Test("the items of a map run in one child, in order")
    func map() async throws {
        try await withPool { field, worker in
            let echoes = try await field.send("celery.map", ["task": "pool.echo"], [1, 2, 3], as: [Int].self)
            #expect(try await echoes.get(timeout: .seconds(60)) == [1, 2, 3])
            let pids = try await field.send("celery.starmap", "pool.pid", [[], [], []], as: [Int].self)
            let seen = try await pids.get(timeout: .seconds(60))
            #expect(seen.count == 3 && Set(seen).count == 1 && seen[0] != Int(worker.pid))
        }
    }

    @Test("an item that traps takes a child down, not the worker, and is the crash of its map")
    func trap() async throws {
        try await withPool(["crashLimit": 1]) { field, worker in
            let map = try await field.send("celery.map", "pool.trap", [0, 1, 7], as: [Int].self)
            let failure = try await map.failure()
            #expect(failure.type == "WorkerLostError")
            #expect(worker.isRunning)
            for echo in try await field.echoes(10) { #expect(try await echo.get(timeout: .seconds(60)) >= 0) }
        }
    }

    @Test("a map that spins is ended at its time limit, with its child")
    func limit() async throws {
        try await withPool(["grace": 100]) { field, worker in
            let map = try await field.send(
                "celery.starmap", "pool.spin", [[]], options: CallOptions(timeLimit: .milliseconds(300)), as: [Int].self
            )
            #expect(try await map.failure().type == "TimeLimitExceeded")
            #expect(worker.isRunning)
        }
    }

    @Test("a replacement leaves its child, and takes the place of the call")
    func replacement() async throws {
        try await withPool { field, _ in
            let result: AsyncResult<Int> = try await field.send("pool.delegate", 7)
            #expect(try await result.get(timeout: .seconds(60)) == 7)
        }
    }
}
