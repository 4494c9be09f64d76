import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop {
    /// `celery inspect` and `celery control`, by Celery's own objects and programs, on Swift workers.
    @Suite(
        "A Python client inspects and controls Swift workers",
        .fleet { plan in
            plan.options = "?track_started=true"
            plan.swiftWorkers = [
                { try SwiftWorker(redis: $0, queues: ["celery", "other"], scratch: $1) },
                { try SwiftWorker("spare", redis: $0, concurrency: 2, queues: ["spare"], scratch: $1) },
            ]
        }
    )
    struct PythonControlsSwift: Live {}
}

extension Interop.PythonControlsSwift {
    private var names: [String: String] {
        ["node": fleet.swiftNode, "spare": fleet.swiftWorkers.last?.node ?? ""]
    }

    @Test("inspect commands", .timeLimit(.minutes(15)), arguments: inspecting)
    func inspects(_ check: PythonCheck) async throws { try await expect(check, names) }

    @Test("control commands", .timeLimit(.minutes(15)), arguments: controlling)
    func controls(_ check: PythonCheck) async throws { try await expect(check, names) }

    @Test("Celery's own programs", .timeLimit(.minutes(15)), arguments: programs)
    func program(_ check: PythonCheck) async throws { try await expect(check, names) }

    static let programs: [PythonCheck] = [
        PythonCheck("`celery status` lists the Swift workers as online") {
            """
            told = celery_program('status')
            '$node: OK' in told and '2 nodes online' in told or told
            """
        },
        PythonCheck("`celery inspect stats --json` is answered") {
            "json.loads(celery_program('inspect', '--json', '-d', '$node', 'stats'))['$node']['pool']['max-concurrency'] == 4"
        },
        PythonCheck("`celery control rate_limit` is obeyed") {
            """
            told = celery_program('control', '-d', '$node', 'rate_limit', 'swift.describe', '100/m')
            'new rate limit set successfully' in told or told
            """
        },
        PythonCheck("`celery call` and `celery result` work on a Swift task") {
            """
            id = celery_program('call', 'swift.add', '-a', '[2, 3]').strip().splitlines()[-1]
            result(id).get(timeout=20)
            '5' in celery_program('result', id)
            """
        },
        PythonCheck("`celery inspect active` shows what runs") {
            """
            held = swift.hold.delay(scratch('gate-program'))
            state_of(held, 'STARTED')
            told = celery_program('inspect', '-d', '$node', 'active')
            open(scratch('gate-program'), 'w').close()
            held.get(timeout=20)
            held.id in told or told
            """
        },
    ]

    @Test("a Swift worker by default refuses Celery's commands that stop, grow or limit it", .timeLimit(.minutes(15)))
    func refusing() async throws {
        let guarded = try await SwiftWorker(
            "guarded", redis: fleet.url, queues: ["guarded"], control: nil, scratch: scratch
        ).ready()
        defer { guarded.process.kill() }
        let refused = try await python(
            """
            here = dict(reply=True, destination=['\(guarded.node)'], timeout=10)
            told = [control.pool_grow(1, **here), control.rate_limit('swift.add', '1/h', **here),
                    control.add_consumer('celery', **here), control.broadcast('shutdown', **here)]
            [reply[0]['\(guarded.node)']['error'].startswith('PermissionError(') for reply in told]
            """)
        #expect(refused == [true, true, true, true])
        try await expect(
            PythonCheck("and still answers, revokes and sends events", gives: ["pong", true, "task events enabled"]) {
                """
                here = dict(reply=True, destination=['$guarded'], timeout=10)
                said = [reply[0]['$guarded']['ok'] for reply in
                        (control.ping(destination=['$guarded'], timeout=10), control.revoke('some-id', **here),
                         control.enable_events(**here))]
                [said[0], 'flagged as revoked' in said[1], said[2]]
                """
            }, ["guarded": guarded.node])
        #expect(guarded.process.isRunning)
    }

    @Test("shutdown ends a Swift worker in order", .timeLimit(.minutes(15)))
    func shutdown() async throws {
        let doomed = try await SwiftWorker(
            "doomed", redis: fleet.url, queues: ["doomed"], scratch: scratch
        ).ready()
        defer { doomed.process.kill() }
        let gate = scratch.gate()
        let held = try await app.send("swift.hold", args: [.string(gate.path)], options: CallOptions(queue: "doomed"))
        // Claimed is not enough: a worker that stops gives back what it has not begun.
        try await waitUntil {
            try await app.inspect(to: [doomed.node], timeout: .seconds(10)).active().first?.get().map(\.id) == [held.id]
        }
        try await python("control.shutdown(destination=['\(doomed.node)'])")
        try gate.open()
        try await doomed.process.waitUntilGone()
        // What ran was let end.
        #expect(try await held.get(timeout: .seconds(10)) == "released")
    }
}
