import CeleriacPool
import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop {
    /// A Swift worker whose tasks run in child processes, as Python sees and controls it.
    @Suite(
        "A Python client controls Swift's child processes",
        .fleet { plan in
            plan.options = "?track_started=true"
            plan.swiftWorkers = [
                {
                    try SwiftWorker(
                        "pooled", redis: $0, concurrency: 2,
                        pool: ["--pool", "processes", "--concurrency-per-child", "1"], scratch: $1)
                }
            ]
        }
    )
    struct PythonControlsPool: Live {}
}

extension Interop.PythonControlsPool {
    @Test("child processes", .timeLimit(.minutes(15)), arguments: checks)
    func holds(_ check: PythonCheck) async throws { try await expect(check, ["node": fleet.swiftNode]) }

    static let checks: [PythonCheck] = [
        PythonCheck("calls run in children, and give what they give in process", gives: [4, "ValueError", 3]) {
            """
            [swift.add.delay(2, 2).get(timeout=20), raised(swift.value_error.delay('eggs'))[1],
             swift.flaky.delay(failures=2).get(timeout=20)]
            """
        },
        PythonCheck("stats tell the pool, and a process for each child") {
            """
            stats = inspect(['$node'], timeout=10).stats()['$node']
            pool = stats['pool']
            told = [pool['implementation'], pool['max-concurrency'], len(set(pool['processes'])), stats['pid'] in pool['processes']]
            told == ['celeriac.worker:ProcessPool', 2, 2, False] or told
            """
        },
        PythonCheck("active tells the process of the child that runs a call") {
            """
            held = swift.hold.delay(scratch('gate-child'))
            state_of(held, 'STARTED')
            one, = inspect(['$node'], timeout=10).active()['$node']
            processes = inspect(['$node'], timeout=10).stats()['$node']['pool']['processes']
            open(scratch('gate-child'), 'w').close()
            held.get(timeout=20)
            one['worker_pid'] in processes or [one['worker_pid'], processes]
            """
        },
        PythonCheck("pool_grow starts children, and pool_shrink ends them", gives: [4, 2]) {
            """
            def children():
                return len(inspect(['$node'], timeout=10).stats()['$node']['pool']['processes'])
            control.pool_grow(2, reply=True, destination=['$node'], timeout=10)
            grown = wait_until(lambda: children() == 4 and 4)
            control.pool_shrink(2, reply=True, destination=['$node'], timeout=10)
            [grown, wait_until(lambda: children() == 2 and 2)]
            """
        },
        PythonCheck("a time limit that is set by control stops a call that spins", gives: ["ok", "TimeLimitExceeded"]) {
            """
            told = control.time_limit('swift.spin', hard=0.5, reply=True, destination=['$node'], timeout=10)
            error = raised(swift.spin.delay(scratch('never')))
            control.time_limit('swift.spin', hard=None, reply=True, destination=['$node'], timeout=10)
            [*told[0]['$node'], error[1]]
            """
        },
        PythonCheck("terminate ends a call that spins", gives: ["TaskRevokedError", "REVOKED"]) {
            """
            spinning = swift.spin.delay(scratch('never'))
            state_of(spinning, 'STARTED')
            control.revoke(spinning.id, terminate=True, signal='SIGKILL')
            [raised(spinning)[1], spinning.state]
            """
        },
        PythonCheck("a trap raises WorkerLostError, which tells signal and message") {
            """
            module, name, text = raised(swift.trap.delay(7))
            told = [module, name, 'SIG' in text, 'Index out of range' in text]
            told == ['billiard.exceptions', 'WorkerLostError', True, True] or [module, name, text]
            """
        },
        PythonCheck("a task that calls exit raises WorkerLostError, which tells the code") {
            """
            module, name, text = raised(swift.exit.delay(code=3))
            (name, 'exit code 3' in text) == ('WorkerLostError', True) or [module, name, text]
            """
        },
        PythonCheck("ping is answered within 0.2 s while every child spins") {
            """
            spinning = [swift.spin.delay(scratch('gate-pool')) for _ in range(2)]
            [state_of(one, 'STARTED') for one in spinning]
            answered = inspect(['$node'], timeout=0.2).ping()
            open(scratch('gate-pool'), 'w').close()
            [one.get(timeout=20) for one in spinning]
            answered == {'$node': {'ok': 'pong'}}
            """
        },
    ]
}
