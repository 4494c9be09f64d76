import Celeriac
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import RedisUnderTest
import Testing

extension Interop {
    /// Flower 2.2 as it is installed, asked over HTTP for a Swift worker.
    @Suite(
        "Flower",
        .fleet { plan in
            plan.options = "?track_started=true"
            plan.swiftWorkers = [{ try SwiftWorker(redis: $0, sendsEvents: true, scratch: $1) }]
            plan.flower = true
        }
    )
    struct Flower: Live {}

    /// The same, with RabbitMQ for the messages and Redis for the results. Flower asks RabbitMQ's management plugin for the
    /// lengths of queues; the server of the tests has no plugins.
    @Suite(
        "Flower on RabbitMQ",
        .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
        .fleet { plan in
            plan.options = "?track_started=true"
            plan.rabbitMQWorkers = [{ try SwiftWorker(broker: $0, redis: $1, sendsEvents: true, scratch: $2) }]
            plan.flower = true
        }
    )
    struct FlowerOnRabbitMQ: Live {}
}

extension Interop.FlowerOnRabbitMQ {
    @Test("pages and API on RabbitMQ", .timeLimit(.minutes(15)), arguments: Interop.Flower.checks)
    func shows(_ check: PythonCheck) async throws {
        try await expectInFlower(check, transport: "amqp")
    }

    @Test("POST shutdown of Flower ends a Swift worker on RabbitMQ", .timeLimit(.minutes(15)))
    func shutdown() async throws {
        let worker = try await SwiftWorker(
            "leaving", broker: fleet.broker, redis: fleet.url, queues: ["leaving"], sendsEvents: true,
            scratch: scratch
        ).ready()
        defer { worker.process.kill() }
        try await python("shared.flower = 'http://127.0.0.1:\(fleet.flowerPort)'")
        let answer = try await python(
            """
            wait_until(lambda: '\(worker.node)' in json.loads(fetch('/api/workers?refresh=1')))
            'Shutting down' in fetch('/api/worker/shutdown/\(worker.node)', body={})
            """)
        #expect(answer == true)
        try await waitUntil { !worker.process.isRunning }
    }
}

extension Live {
    fileprivate func expectInFlower(_ check: PythonCheck, transport: String) async throws {
        try await python("shared.flower = 'http://127.0.0.1:\(fleet.flowerPort)'")
        try await expect(check, ["node": fleet.swiftNode, "transport": transport])
    }
}

extension Interop.Flower {
    @Test("pages and API", .timeLimit(.minutes(15)), arguments: checks + checksOfRedis)
    func shows(_ check: PythonCheck) async throws { try await expectInFlower(check, transport: "redis") }

    /// Flower reads the lengths of Redis's lists itself.
    private static let checksOfRedis: [PythonCheck] = [
        PythonCheck("the broker's page shows the queue") { "'celery' in fetch('/broker')" },
        PythonCheck("/api/queues/length counts what waits in Redis", gives: [["celery", 0]]) {
            "[[q['name'], q['messages']] for q in json.loads(fetch('/api/queues/length'))['active_queues'] if q['name'] == 'celery']"
        },
    ]

    static let checks: [PythonCheck] = [
        PythonCheck("the list of workers shows the Swift worker") {
            """
            wait_until(lambda: '$node' in fetch('/workers'))
            page = json.loads(fetch('/workers?json=1'))['data']
            mine = [one for one in page if one['hostname'] == '$node']
            len(mine) == 1 and mine[0]['status'] is True or page
            """
        },
        PythonCheck("the worker's page shows pool, broker, queues, tasks, limits and settings") {
            """
            page = wait_until(lambda: fetch('/worker/$node'))
            missing = [word for word in ('$node', 'Max concurrency', 'celery', 'swift.add', 'swift.limited', '100/s', '$transport', 'transport')
                       if word not in page]
            missing == [] or missing
            """
        },
        PythonCheck("the list of tasks shows a call with its state") {
            """
            good = swift.add.delay(2, 3)
            good.get(timeout=20)
            def found():
                table = json.loads(fetch('/tasks/datatable', draw=1, start=0, length=100, **{
                    'search[value]': '', 'order[0][column]': 0, 'columns[0][data]': 'name', 'order[0][dir]': 'asc'}))
                return [one for one in table['data'] if one['uuid'] == good.id and one['state'] == 'SUCCESS']
            one = wait_until(found)[0]
            (one['name'], one['args'], one['result'], one['worker']) == ('swift.add', '(2, 3)', '5', '$node') or one
            """
        },
        PythonCheck("a task's page shows name, arguments, state, worker and result") {
            """
            good = swift.echo.delay('seen in flower')
            good.get(timeout=20)
            page = wait_until(lambda: (p := fetch(f'/task/{good.id}')) and 'SUCCESS' in p and p)
            missing = [word for word in ('swift.echo', 'seen in flower', '$node', good.id) if word not in page]
            missing == [] or missing
            """
        },
        PythonCheck("a failed task's page shows the error") {
            """
            bad = swift.fail.delay('burnt in flower')
            raised(bad)
            wait_until(lambda: 'burnt in flower' in fetch(f'/task/{bad.id}'))
            """
        },
        PythonCheck("/api/workers tells registered, stats, queues and conf of the Swift worker") {
            """
            told = wait_until(lambda: (w := json.loads(fetch('/api/workers?refresh=1'))) and w.get('$node'))
            wanted = [told['stats']['pool']['max-concurrency'], 'swift.add' in told['registered'],
                      [q['name'] for q in told['active_queues']], isinstance(told['conf'], dict), told['active'], told['reserved']]
            wanted == [4, True, ['celery'], True, [], []] or told
            """
        },
        PythonCheck("/api/workers?status=true says that it is up", gives: true) {
            "json.loads(fetch('/api/workers?status=true'))['$node']"
        },
        PythonCheck("/api/tasks lists calls by name and state") {
            """
            good = swift.add.delay(7, 8)
            good.get(timeout=20)
            wait_until(lambda: good.id in json.loads(fetch('/api/tasks?taskname=swift.add&state=SUCCESS')))
            """
        },
        PythonCheck("/api/task/info tells a call's life") {
            """
            good = swift.add.delay(9, 8)
            good.get(timeout=20)
            told = wait_until(lambda: (t := json.loads(fetch(f'/api/task/info/{good.id}', missing='{}'))) and t.get('state') == 'SUCCESS' and t)
            (told['name'], told['args'], told['result'], told['worker'], told['received'] <= told['started'] <= told['succeeded']) == ('swift.add', '(9, 8)', '17', '$node', True) or told
            """
        },
        PythonCheck("/api/task/types lists seen tasks") {
            """
            swift.add.delay(1, 1).get(timeout=20)
            wait_until(lambda: 'swift.add' in json.loads(fetch('/api/task/types'))['task-types'])
            """
        },
        PythonCheck("POST async-apply has the Swift worker run a task", gives: 5) {
            "result(json.loads(fetch('/api/task/send-task/swift.add', body={'args': [2, 3]}))['task-id']).get(timeout=20)"
        },
        PythonCheck("POST revoke keeps a call from running", gives: "REVOKED") {
            """
            gone = swift.add.apply_async((1, 1), countdown=0.7)
            fetch(f'/api/task/revoke/{gone.id}', terminate='false')
            state_of(gone, 'REVOKED', 'SUCCESS')
            """
        },
        PythonCheck("POST revoke with terminate ends a running call", gives: "REVOKED") {
            """
            held = swift.hold.delay(scratch('never'))
            state_of(held, 'STARTED')
            fetch(f'/api/task/revoke/{held.id}', terminate='true')
            state_of(held, 'REVOKED', 'SUCCESS')
            """
        },
        PythonCheck("POST rate-limit sets a task's rate limit") {
            """
            told = fetch('/api/task/rate-limit/swift.greet', workername='$node', ratelimit='9/m')
            shown = inspect(['$node'], timeout=10).registered('rate_limit')['$node']
            'new rate limit set successfully' in told and 'swift.greet [rate_limit=9/m]' in shown or (told, shown)
            """
        },
        PythonCheck("POST timeout sets a task's time limits") {
            "'time limits set successfully' in fetch('/api/task/timeout/swift.greet', workername='$node', soft=5, hard=10)"
        },
        PythonCheck("POST pool/grow and pool/shrink change the pool", gives: [5, 4]) {
            """
            def slots():
                return inspect(['$node'], timeout=10).stats()['$node']['pool']['max-concurrency']
            fetch('/api/worker/pool/grow/$node', n=1)
            grown = slots()
            fetch('/api/worker/pool/shrink/$node', n=1)
            [grown, slots()]
            """
        },
        PythonCheck("POST queue/add-consumer and cancel-consumer change the queues", gives: [true, false]) {
            """
            def served():
                return 'flowers' in [q['name'] for q in inspect(['$node'], timeout=10).active_queues()['$node']]
            fetch('/api/worker/queue/add-consumer/$node', queue='flowers')
            added = served()
            fetch('/api/worker/queue/cancel-consumer/$node', queue='flowers')
            [added, served()]
            """
        },
        PythonCheck("/metrics counts the Swift worker's events") {
            """
            swift.add.delay(1, 1).get(timeout=20)
            wait_until(lambda: any('flower_events_total' in line and 'swift.add' in line for line in fetch('/metrics').splitlines()))
            """
        },
    ]
}
