import Celeriac
import CeleriacCore
import Foundation
import RedisUnderTest
import Testing

extension Interop {
    /// Settings by which a fleet lays its keys out otherwise: both sides must mean the same.
    @Suite(
        "A fleet with its own layout",
        .fleet { plan in
            plan.settings = layoutSettings
            plan.options = "?prefix=shop:&result_prefix=shop&sep=::&priority_steps=0,5"
            plan.swiftWorkers = [{ try SwiftWorker(redis: $0, concurrency: 1, scratch: $1) }]
            plan.pythonWorkers = [
                { try PythonWorker(redis: $0, queues: ["python"], settings: layoutSettings, scratch: $1) }
            ]
        }
    )
    struct Layouts: Live {}
}

private let layoutSettings: JSONObject = [
    "broker_transport_options": ["global_keyprefix": "shop:", "sep": "::", "priority_steps": [0, 5]],
    "result_backend_transport_options": ["global_keyprefix": "shop"],
]

extension Interop.Layouts {
    @Test("keys", .timeLimit(.minutes(15)), arguments: checks)
    func keys(_ check: PythonCheck) async throws { try await expect(check, ["node": fleet.swiftNode]) }

    static let checks: [PythonCheck] = [
        PythonCheck("calls and results meet below global_keyprefix") {
            """
            good = swift.add.delay(2, 3)
            good.get(timeout=20) == 5 and redis.exists(f'shop_celery-task-meta-{good.id}') == 1 or redis.keys()
            """
        },
        PythonCheck("no key lies outside of the prefix") {
            """
            swift.add.apply_async((2, 3), countdown=300)
            call(swift.add, 1, 1)
            strange = [key for key in redis.keys() if not key.startswith(b'shop')]
            strange == [] or strange
            """
        },
        PythonCheck("remote control works below the prefix") {
            "inspect(['$node'], timeout=10).ping() == {'$node': {'ok': 'pong'}}"
        },
        PythonCheck("events pass below the prefix") {
            "shared.watch = EventWatch(app)\nwait_until(lambda: '$node' in shared.watch.state.workers)"
        },
        PythonCheck("separator and priority steps of one's own are heeded", gives: ["p0", "p3", "p9"]) {
            """
            held = swift.hold.delay(scratch('gate-layout'))
            wait_until(lambda: inspect(['$node'], timeout=10).active()['$node'])
            sent = [swift.note.apply_async((scratch('layout-order'), f'p{n}'), priority=n) for n in (9, 0, 3)]
            wait_until(lambda: redis.llen('shop:celery::5') == 1 and redis.llen('shop:celery') == 2)
            open(scratch('gate-layout'), 'w').close()
            [one.get(timeout=20) for one in sent]
            lines_of(scratch('layout-order'))
            """
        },
    ]

    @Test("a Python worker with the same settings answers Swift", .timeLimit(.minutes(15)))
    func toPython() async throws {
        let sum = try await app.send("py.add", args: [2, 3], options: CallOptions(queue: "python"))
        #expect(try await sum.get(timeout: .seconds(20)) == 5)
        #expect(try await app.inspect(to: [fleet.pythonNode], timeout: .seconds(10)).ping().count == 1)
    }
}
