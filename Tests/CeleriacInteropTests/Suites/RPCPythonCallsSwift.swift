import CeleriacCore
import Testing

extension Interop.RPC {
    /// Stock Celery calls with `result_backend = "rpc://"`, a Swift worker answers.
    @Suite("A Python client is answered by a Swift worker over rpc://", .timeLimit(.minutes(15)))
    struct PythonCallsSwift {
        @Test("calls", arguments: calls)
        func answered(_ check: PythonCheck) async throws { try await runOnEach(check) }

        @Test("states", arguments: states)
        func told(_ check: PythonCheck) async throws { try await runOnEach(check) }

        @Test("canvas", arguments: canvas)
        func composed(_ check: PythonCheck) async throws { try await runOnEach(check) }

        private func runOnEach(_ check: PythonCheck) async throws {
            try await RabbitMQFleet.withEach { fleet in
                try await check.run(on: fleet.python, [:], "\(fleet.queues.testDescription)")
            }
        }
    }
}

extension Interop.RPC.PythonCallsSwift {
    static let calls: [PythonCheck] = [
        PythonCheck("a result comes back", gives: 4) { "call(swift.add, 2, 2)" },
        PythonCheck("values that kombu tags come back as they went") {
            #"there_and_back([Decimal('19.99'), uuid.UUID(int=7), 2**80, b'\xff', 'größe', None, 1.0, {'a': [1]}])"#
        },
        PythonCheck("a result of several frames comes back") { "there_and_back('celeriac ' * 60000)" },
        PythonCheck("a Swift error has its type and text", gives: ["KitchenError", "no more eggs"]) {
            "raised(swift.fail.delay())[1:]"
        },
        PythonCheck("an exception that Python knows is raised as that", gives: ["builtins", "ValueError", "eggs"]) {
            "raised(swift.value_error.delay('eggs'))"
        },
        PythonCheck("retries used up fail with the task's own error", gives: "KitchenError") {
            "raised(swift.hopeless.delay())[1]"
        },
        PythonCheck("an unknown task raises NotRegistered", gives: ["celery.exceptions", "NotRegistered"]) {
            "raised(app.send_task('swift.no_such_task'))[:2]"
        },
        PythonCheck("a call that expires while it waits for its eta is REVOKED", gives: "TaskRevokedError") {
            "raised(swift.add.apply_async((1, 1), countdown=0.9, expires=0.6))[1]"
        },
        PythonCheck("a call that is revoked while it waits is REVOKED", gives: "TaskRevokedError") {
            """
            later = swift.add.apply_async((1, 1), countdown=1)
            control.revoke(later.id)
            raised(later)[1]
            """
        },
        PythonCheck("a running call that is terminated is REVOKED", gives: "TaskRevokedError") {
            """
            held = swift.progress.delay(gate=scratch('never'))
            held.get(timeout=20, on_message=lambda _: control.revoke(held.id, terminate=True), propagate=False)
            raised(held)[1]
            """
        },
        PythonCheck("a call with a correlation id of its own is answered", gives: 3) {
            "call(swift.add, 1, 2, correlation_id='own')"
        },
        PythonCheck("300 calls at once are each answered", gives: 300) {
            "sum(one.get(timeout=60) == n + 1 for n, one in [(n, swift.add.delay(n, 1)) for n in range(300)])"
        },
        PythonCheck("a call whose result is ignored runs, and nothing is sent", gives: [true, 3]) {
            """
            swift.mark.apply_async((9001,), ignore_result=True)
            [wait_until(lambda: '9001' in lines_of(scratch('journal'))), call(swift.add, 1, 2)]
            """
        },
    ]

    static let states: [PythonCheck] = [
        PythonCheck("a task that fails twice is retried under the same id", gives: [["RETRY", "RETRY", "SUCCESS"], 3]) {
            "states_of(swift.flaky.delay(failures=2))"
        },
        PythonCheck("a retry that the task asked for is told, and its result", gives: [["RETRY", "SUCCESS"], 2]) {
            "states_of(swift.retry_in.delay(seconds=0.1, failures=1))"
        },
        PythonCheck(
            "PROGRESS and its meta are told while the task runs", gives: [["PROGRESS", "SUCCESS"], "done", "half"]
        ) {
            """
            notes = []
            def take(message):
                if message['status'] == 'PROGRESS':
                    notes.append(message['result']['note'])
                    open(scratch('gate-progress'), 'w').close()
            states_of(swift.progress.delay(gate=scratch('gate-progress')), take) + notes
            """
        },
        PythonCheck(
            "a worker that tracks starts tells of them, from a child process too",
            gives: [["STARTED", "PROGRESS", "SUCCESS"], "done", "pooled@test"]
        ) {
            """
            nodes = []
            def take(message):
                if message['status'] == 'STARTED':
                    nodes.append(message['result']['hostname'])
                if message['status'] == 'PROGRESS':
                    open(scratch('gate-started'), 'w').close()
            going = swift.progress.apply_async(kwargs={'gate': scratch('gate-started')}, queue='pooled')
            states_of(going, take) + nodes
            """
        },
    ]

    static let canvas: [PythonCheck] = [
        PythonCheck("a chain goes through both, and each step's result comes back", gives: [113, 13, 3]) {
            """
            r = (swift.add.s(1, 2) | tasks.add.s(10).set(queue='python') | swift.add.s(100)).delay()
            [r.get(timeout=30), r.parent.get(timeout=30), r.parent.parent.get(timeout=30)]
            """
        },
        PythonCheck(
            "the rest of a chain fails with the step that Swift fails", gives: ["KitchenError", "KitchenError"]
        ) {
            """
            r = (swift.fail.si() | tasks.add.s(1).set(queue='python') | swift.add.s(1)).delay()
            [raised(r.parent)[1], raised(r)[1]]
            """
        },
        PythonCheck("a group of both gives its results in order", gives: [2, 4, 6, 8]) {
            """
            group(swift.add.s(n, n) if n % 2 else tasks.add.s(n, n).set(queue='python') for n in range(1, 5)).delay().get(
                timeout=30)
            """
        },
        PythonCheck("results of links and link errors reach the caller of the call", gives: [3, 3, "bad"]) {
            """
            swift.add.apply_async((1, 2), link=[tasks.echo.s().set(queue='python', task_id='py-linked'),
                                                swift.echo.s().set(task_id='sw-linked')])
            swift.fail.apply_async(task_id='bad', link_error=swift.echo.s().set(task_id='sw-complaint'))
            [result(id).get(timeout=30) for id in ('py-linked', 'sw-linked', 'sw-complaint')]
            """
        },
        PythonCheck("a chord is refused by Python itself", gives: "NotImplementedError") {
            """
            try:
                kind = chord([swift.add.s(1, 1)])(swift.echo.s())
            except NotImplementedError as error:
                kind = type(error).__name__
            kind
            """
        },
    ]
}
