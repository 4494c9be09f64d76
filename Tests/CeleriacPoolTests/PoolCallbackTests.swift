import Celeriac
import CeleriacCore
import CeleriacSQLite
import Foundation
import Testing

/// Callbacks are run in children as tasks are.
@Suite("callbacks in children", .serialized)
struct PoolCallbackTests {
    private func options(
        _ field: PoolField, success: TaskName? = nil, failure: TaskName? = nil, stopped: TaskName? = nil
    ) -> CallOptions {
        let callbacks = JobCallbacks(
            success: success.map { JobCallback($0) }, failure: failure.map { JobCallback($0) },
            stopped: stopped.map { JobCallback($0) })
        return CallOptions(
            headers: [JSONKey(JobCallbacks.header): callbacks.value ?? .null, "journal": .string(field.journal)])
    }

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

    private func lines(_ field: PoolField) throws -> [String] {
        try String(contentsOfFile: field.journal, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test("success, failure and termination each run theirs, in a child")
    func each() async throws {
        try await withPool { field, worker in
            let good: AsyncResult<Int> = try await field.send(
                "pool.echo", 7, options: options(field, success: "pool.succeeded", failure: "pool.failed"))
            #expect(try await good.get(timeout: .seconds(60)) == 7)
            let bad = try await field.app.send(
                Signature<Int>(
                    "pool.fail", EncodedArguments(args: [], kwargs: ["hopeless": true]),
                    options: options(field, success: "pool.succeeded", failure: "pool.failed")))
            #expect(try await bad.failure().type == "Hopeless")
            let spin: AsyncResult<Int> = try await field.send(
                "pool.spinAloud", options: options(field, stopped: "pool.stopped"))
            for try await update in spin.updates where (try? update.meta(as: TaskProgress.self)) != nil { break }
            try await field.app.revoke([spin.id], terminate: true)
            #expect(try await spin.failure().type == "TaskRevokedError")
            let lines = try lines(field).map { $0.split(separator: " ").map(String.init) }
            #expect(lines.map { $0[0] } == ["succeeded", "failed", "stopped"])
            #expect(lines.map { $0[1] } == [good.id, bad.id, spin.id].map(\.rawValue))
            #expect(lines.allSatisfy { $0[2] != "\(worker.pid)" })
        }
    }

    @Test(
        "a success callback that takes its child down counts as a crash of its call, of which the failure callback hears"
    )
    func crash() async throws {
        try await withPool(["crashLimit": 1]) { field, worker in
            let culprit: AsyncResult<Int> = try await field.send(
                "pool.echo", 7, options: options(field, success: "pool.trapAfter", failure: "pool.failed"))
            let failure = try await culprit.failure()
            #expect(failure.type == "WorkerLostError")
            #expect(failure.message.contains("SIG"), "\(failure.message)")
            #expect(try lines(field).map { $0.prefix { $0 != " " } } == ["failed"])
            #expect(worker.isRunning)
            for echo in try await field.echoes(10) { #expect(try await echo.get(timeout: .seconds(60)) >= 0) }
        }
    }

    @Test("a failure callback that takes its child down is the failure of its call")
    func crashAfterFailure() async throws {
        try await withPool { field, worker in
            let culprit = try await field.app.send(
                Signature<Int>(
                    "pool.fail", EncodedArguments(args: [], kwargs: ["hopeless": true]),
                    options: options(field, failure: "pool.trapAfter")))
            // It takes a number: its arguments do not fit, which is found before it could do harm.
            #expect(try await culprit.failure().type == "TypeError")
            let other = try await field.app.send(
                Signature<Int>(
                    "pool.fail", EncodedArguments(args: [], kwargs: ["hopeless": true]),
                    options: options(field, failure: "pool.trapAfterFailure")))
            #expect(try await other.failure().type == "WorkerLostError")
            #expect(worker.isRunning)
        }
    }
}
