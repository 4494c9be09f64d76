import CeleriacCore
import Testing

extension Interop.RabbitMQ {
    /// Stock Celery calls, a Swift worker answers from the queue `celery`.
    @Suite("A Python client is answered by a Swift worker on RabbitMQ", .timeLimit(.minutes(15)))
    struct PythonCallsSwift {
        @Test("calls", arguments: calls)
        func answered(_ check: PythonCheck) async throws { try await runOnEach(check) }

        @Test("canvas", arguments: canvas)
        func composed(_ check: PythonCheck) async throws { try await runOnEach(check) }

        private func runOnEach(_ check: PythonCheck) async throws {
            try await RabbitMQFleet.withEach { fleet in
                try await check.run(on: fleet.python, [:], "\(fleet.queues.testDescription)")
            }
        }
    }
}

extension Interop.RabbitMQ.PythonCallsSwift {
    static let calls: [PythonCheck] = [
        PythonCheck("keywords reach parameters by name") {
            "call(swift.greet, kwargs={'name': 'Ada', 'größe': 2.5}) == 'hello Ada hello Ada 2.5'"
        },
        PythonCheck("values that kombu tags come back as they went") {
            #"there_and_back([Decimal('19.99'), uuid.UUID(int=7), 2**80, b'\xff', 'größe', None, 1.0, {'a': [1]}])"#
        },
        PythonCheck("a body of several frames comes back") { "there_and_back('celeriac ' * 60000)" },
        PythonCheck("a body compressed by gzip is read", gives: "application/x-gzip") {
            "call(swift.describe, compression='gzip')['compression']"
        },
        PythonCheck("a Swift error has its type and text", gives: ["KitchenError", "no more eggs"]) {
            "raised(swift.fail.delay())[1:]"
        },
        PythonCheck("an exception that Python knows is raised as that", gives: ["builtins", "ValueError", "eggs"]) {
            "raised(swift.value_error.delay('eggs'))"
        },
        PythonCheck("a task is tried again by its policy and by its own wish", gives: [3, 2]) {
            "[one.get(timeout=20) for one in (swift.flaky.delay(failures=2), swift.retry_in.delay(seconds=0.1, failures=1))]"
        },
        PythonCheck("retries used up fail with the task's own error", gives: "KitchenError") {
            "raised(swift.hopeless.delay())[1]"
        },
        PythonCheck(
            "priority, correlation id, reply_to, routing key, headers and arguments are known to the task",
            gives: [3, "corr", "answers", "celery", [[1, "x"]], ["named": ["a": 1]], "acme"]
        ) {
            """
            seen = call(swift.describe, [1, 'x'], kwargs={'named': {'a': 1}}, priority=3, correlation_id='corr',
                        reply_to='answers', headers={'x-tenant': 'acme'})
            [seen[name] for name in ('priority', 'correlation_id', 'reply_to', 'routing_key', 'args', 'kwargs')
             ] + [seen['extra']['x-tenant']]
            """
        },
        PythonCheck("a countdown is waited for") {
            """
            sent = time.time()
            seen = call(swift.describe, countdown=0.5)
            0 <= seen['started'] - (sent + 0.5) or (seen, sent)
            """
        },
        PythonCheck("a call that expires while it waits for its eta is REVOKED") {
            "state_of(swift.add.apply_async((1, 1), countdown=0.9, expires=0.6), 'REVOKED', 'SUCCESS') == 'REVOKED'"
        },
        PythonCheck("a call that expires later runs in time", gives: 3) { "call(swift.add, 1, 2, expires=60)" },
        PythonCheck("a message of protocol 1 runs", gives: 9) {
            """
            old = celery.Celery('old', broker=app.conf.broker_url, backend=tasks.URL)
            old.conf.update(json.loads(os.environ['INTEROP_SETTINGS']), task_protocol=1)
            old.send_task('swift.add', (4, 5)).get(timeout=20)
            """
        },
        PythonCheck("300 calls at once are each answered", gives: 300) {
            "sum(one.get(timeout=30) == n + 1 for n, one in [(n, swift.add.delay(n, 1)) for n in range(300)])"
        },
    ]

    static let canvas: [PythonCheck] = [
        PythonCheck("a chain goes through both, and its parents are known", gives: [113, 13, 3]) {
            """
            r = (swift.add.s(1, 2) | tasks.add.s(10).set(queue='python') | swift.add.s(100)).delay()
            [r.get(timeout=30), r.parent.get(timeout=30), r.parent.parent.get(timeout=30)]
            """
        },
        PythonCheck("a group of both gives its results in order", gives: [2, 4, 6, 8]) {
            """
            group(swift.add.s(n, n) if n % 2 else tasks.add.s(n, n).set(queue='python') for n in range(1, 5)).delay().get(
                timeout=30)
            """
        },
        PythonCheck("a chord has parts in both, and its body in either", gives: [[0, 1, 2, 3], [0, 1, 2, 3]]) {
            """
            parts = [swift.add.s(n, 0) if n % 2 else tasks.add.s(n, 0).set(queue='python') for n in range(4)]
            [chord(parts)(body).get(timeout=30) for body in (swift.echo.s(), tasks.echo.s().set(queue='python'))]
            """
        },
        PythonCheck("parts of a chord that are tried again or wait are counted once", gives: [3, 2, 2]) {
            """
            parts = [swift.flaky.s(failures=2), tasks.retry.s(2).set(queue='python'), swift.add.s(1, 1).set(countdown=0.2)]
            chord(parts)(swift.echo.s()).get(timeout=30)
            """
        },
        PythonCheck(
            "a link gets what Swift returned, a link_error the id of the call that failed", gives: [3, "bad", "bad"]
        ) {
            """
            swift.add.apply_async((1, 2), link=tasks.echo.s().set(queue='python', task_id='py-linked'))
            swift.fail.apply_async(task_id='bad', link_error=[
                tasks.echo.s().set(queue='python', task_id='py-complaint'), swift.echo.s().set(task_id='sw-complaint')])
            [result(id).get(timeout=30) for id in ('py-linked', 'py-complaint', 'sw-complaint')]
            """
        },
    ]
}
