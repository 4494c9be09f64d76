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

    @Test("inspect commands", .timeLimit(.minutes(1)), arguments: inspecting)
    func inspects(_ check: PythonCheck) async throws { try await expect(check, names) }

    @Test("control commands", .timeLimit(.minutes(1)), arguments: controlling)
    func controls(_ check: PythonCheck) async throws { try await expect(check, names) }

    @Test("Celery's own programs", .timeLimit(.minutes(1)), arguments: programs)
    func program(_ check: PythonCheck) async throws { try await expect(check, names) }

    static let inspecting: [PythonCheck] = [
        PythonCheck("inspect ping is answered by every worker") {
            "inspect().ping() == {'$node': {'ok': 'pong'}, '$spare': {'ok': 'pong'}}"
        },
        PythonCheck("control.ping gives one reply a worker") {
            "sorted(control.ping(), key=str) == sorted([{'$node': {'ok': 'pong'}}, {'$spare': {'ok': 'pong'}}], key=str)"
        },
        PythonCheck("a destination is asked alone, and waited for no longer than it takes") {
            "inspect(['$node'], timeout=10).ping() == {'$node': {'ok': 'pong'}}"
        },
        PythonCheck("another node's command is left to that node", gives: nil) {
            "inspect(['nobody@nowhere'], timeout=0.3).ping()"
        },
        PythonCheck("a glob pattern chooses workers") {
            "list(inspect(pattern='spare*', matcher='glob').ping()) == ['$spare']"
        },
        PythonCheck("a regular expression chooses workers") {
            "list(inspect(pattern='^sw.*@', matcher='pcre').ping()) == ['$node']"
        },
        PythonCheck("active tells the running call as Celery does") {
            """
            held = swift.hold.delay(scratch('gate-active'))
            state_of(held, 'STARTED')
            one, = inspect(['$node'], timeout=10).active()['$node']
            open(scratch('gate-active'), 'w').close()
            held.get(timeout=20)
            told = [one['id'] == held.id, one['name'], one['type'], one['hostname'], one['args'] == [scratch('gate-active')],
                    one['kwargs'], abs(one['time_start'] - time.time()) < 30, type(one['worker_pid']).__name__,
                    one['delivery_info']['routing_key'], one['delivery_info']['redelivered'], 'acknowledged' in one]
            told == [True, 'swift.hold', 'swift.hold', '$node', True, {}, True, 'int', 'celery', False, True] or one
            """
        },
        PythonCheck("active with safe=True tells arguments as text") {
            """
            held = swift.hold.delay(scratch('gate-safe'))
            state_of(held, 'STARTED')
            one, = inspect(['$node'], timeout=10).active(safe=True)['$node']
            open(scratch('gate-safe'), 'w').close()
            held.get(timeout=20)
            (one['args'], one['kwargs']) == (repr((scratch('gate-safe'),)), '{}') or one
            """
        },
        PythonCheck("reserved is empty, and scheduled tells in Celery's shape what waits in the broker") {
            """
            later = swift.add.apply_async((1, 1), countdown=300, priority=3)
            def scheduled():
                return [s for s in inspect(['$node'], timeout=10).scheduled()['$node'] if s['request']['id'] == later.id]
            one, = wait_until(scheduled)
            eta = datetime.datetime.fromisoformat(one['eta']).timestamp()
            told = [inspect(['$node'], timeout=10).reserved()['$node'], sorted(one), type(one['priority']).__name__, one['request']['name'],
                    one['request']['args'], 200 < eta - time.time() < 301]
            told == [[], ['eta', 'priority', 'request'], 'int', 'swift.add', [1, 1], True] or one
            """
        },
        PythonCheck("query_task finds a running call, and leaves unknown ids out") {
            """
            held = swift.hold.delay(scratch('gate-query'))
            state_of(held, 'STARTED')
            found = inspect(['$node'], timeout=10).query_task([held.id, 'no-such-id'])['$node']
            open(scratch('gate-query'), 'w').close()
            held.get(timeout=20)
            list(found) == [held.id] and found[held.id][0] == 'active' and found[held.id][1]['name'] == 'swift.hold' or found
            """
        },
        PythonCheck("registered lists the tasks, with the rate limit of one") {
            """
            names = inspect(['$node'], timeout=10).registered()['$node']
            'swift.add' in names and any(n.startswith('swift.limited [rate_limit=100/s') for n in names) or names
            """
        },
        PythonCheck("registered tells the attributes asked for") {
            """
            names = inspect(['$node'], timeout=10).registered('max_retries')['$node']
            any(n.startswith('swift.flaky [max_retries=5') for n in names) or names
            """
        },
        PythonCheck("stats tell totals, pool, broker, pid, clock, uptime and usage") {
            """
            swift.add.delay(1, 1).get(timeout=20)
            s = inspect(['$node'], timeout=10).stats()['$node']
            told = [s['total']['swift.add'] >= 1, s['pool']['max-concurrency'], type(s['pid']).__name__, type(s['clock']).__name__,
                    s['uptime'] >= 0, s['broker']['transport'], s['broker']['port'] == redis.connection_pool.connection_kwargs['port'],
                    type(s['prefetch_count']).__name__, s['rusage']['maxrss'] > 0, s['pool']['processes'] == [s['pid']]]
            told == [True, 4, 'int', 'str', True, 'redis', True, 'int', True, True] or s
            """
        },
        PythonCheck("active_queues tells the queues by name and routing key") {
            """
            queues = inspect(['$node'], timeout=10).active_queues()['$node']
            sorted((q['name'], q['routing_key']) for q in queues) == [('celery', 'celery'), ('other', 'other')] or queues
            """
        },
        PythonCheck("conf is an object without any password") {
            """
            conf = inspect(['$node'], timeout=10).conf()['$node']
            isinstance(conf, dict) and 'broker_url' in conf or conf
            """
        },
        PythonCheck("conf with defaults tells more") {
            "len(inspect(['$node'], timeout=10).conf(with_defaults=True)['$node']) >= len(inspect(['$node'], timeout=10).conf()['$node'])"
        },
        PythonCheck("report is a text") { "isinstance(inspect(['$node'], timeout=10).report()['$node']['ok'], str)" },
        PythonCheck("clock is a number that never goes back") {
            """
            first = inspect(['$node'], timeout=10).clock()['$node']['clock']
            swift.add.delay(1, 1).get(timeout=20)
            second = inspect(['$node'], timeout=10).clock()['$node']['clock']
            0 < first <= second or (first, second)
            """
        },
        PythonCheck("revoked lists what was revoked") {
            """
            gone = swift.add.apply_async((1, 1), countdown=300)
            control.revoke(gone.id, reply=True)
            gone.id in inspect(['$node'], timeout=10).revoked()['$node']
            """
        },
        PythonCheck("hello is answered with revoked ids and the clock") {
            """
            reply = inspect(['$node'], timeout=10).hello('someone@else', revoked=['told-by-hello'])['$node']
            kept = inspect(['$node'], timeout=10).revoked()['$node']
            isinstance(reply['clock'], int) and isinstance(reply['revoked'], list) and 'told-by-hello' in kept or reply
            """
        },
        PythonCheck("memsample is answered") { "'$node' in inspect(['$node'], timeout=10).memsample()" },
        PythonCheck("an unknown command is answered with KeyError") {
            "control.broadcast('no_such_command', reply=True, destination=['$node'], timeout=10) == [{'$node': {'error': \"KeyError('no_such_command')\"}}]"
        },
        PythonCheck("wrong arguments of a command are answered with an error") {
            "'error' in control.broadcast('rate_limit', {'no': 'such'}, reply=True, destination=['$node'], timeout=10)[0]['$node']"
        },
        PythonCheck("every command is answered while a task spins in every slot") {
            """
            spinning = [swift.spin.apply_async((scratch('gate-spin'),), queue='spare') for _ in range(2)]
            [state_of(one, 'STARTED') for one in spinning]
            asked = inspect(['$spare'], timeout=1.0)
            silent = [name for name in ('ping', 'active', 'reserved', 'scheduled', 'revoked', 'registered', 'stats',
                                        'active_queues', 'conf', 'report', 'clock') if not getattr(asked, name)()]
            open(scratch('gate-spin'), 'w').close()
            [one.get(timeout=20) for one in spinning]
            silent == [] or silent
            """
        },
        PythonCheck("ping is answered within 0.2 s while a task spins in every slot") {
            """
            spinning = [swift.spin.apply_async((scratch('gate-spin-2'),), queue='spare') for _ in range(2)]
            [state_of(one, 'STARTED') for one in spinning]
            answered = inspect(['$spare'], timeout=0.2).ping()
            open(scratch('gate-spin-2'), 'w').close()
            [one.get(timeout=20) for one in spinning]
            answered == {'$spare': {'ok': 'pong'}}
            """
        },
    ]

    static let controlling: [PythonCheck] = [
        PythonCheck("worker_direct, blanks and letters of any script name queues of a Swift worker", gives: [5, 7, 9]) {
            """
            from celery.utils.nodenames import worker_direct
            direct = worker_direct('w1@host')
            names = ['zwei Wörter', 'a/b+c 日本']
            control.add_consumer(direct.name, exchange=direct.exchange.name, exchange_type='direct',
                                 routing_key=direct.routing_key, reply=True, destination=['$node'], timeout=10)
            for name in names: control.add_consumer(name, reply=True, destination=['$node'], timeout=10)
            sums = [swift.add.apply_async((2, 3), queue=direct).get(timeout=20),
                    swift.add.apply_async((3, 4), queue=names[0]).get(timeout=20),
                    swift.add.apply_async((4, 5), queue=names[1]).get(timeout=20)]
            for name in [direct.name, *names]: control.cancel_consumer(name, reply=True, destination=['$node'], timeout=10)
            sums
            """
        },
        PythonCheck("a reserved name is no queue to consume, nor to send a callback to", gives: [true, "ValueError"]) {
            """
            told = control.add_consumer('celeriac.leases:celery', reply=True, destination=['$node'], timeout=10)
            linked = swift.add.apply_async((1, 1), link=swift.add.s(1).set(queue='celeriac.delayed:celery'))
            ['is not a queue name' in told[0]['$node']['error'], raised(linked)[0] and 'ValueError']
            """
        },
        PythonCheck("a reply that is asked for through an exchange of tasks goes nowhere", gives: [3, -1]) {
            """
            for n in range(3): swift.add.apply_async((n, n), queue='parked')
            mailbox = app.control.mailbox
            with app.connection_for_write() as connection:
                producer = connection.Producer()
                for key in ('parked', 'celery'):
                    reply_to = {'exchange': key, 'routing_key': key}
                    ping = {'method': 'ping', 'arguments': {}, 'destination': None, 'ticket': 'T', 'reply_to': reply_to}
                    producer.publish(ping, exchange=mailbox.exchange, declare=[mailbox.exchange], serializer='json',
                                     headers={'clock': 1, 'expires': 0})
            assert inspect(['$node', '$spare'], timeout=10).ping()
            assert redis.ttl('celery') in (-1, -2) and call(swift.add, 1, 1) == 2
            [redis.llen('parked'), redis.ttl('parked')]
            """
        },
        PythonCheck("revoke is acknowledged in Celery's words") {
            """
            told = control.revoke('some-id', reply=True, destination=['$node'], timeout=10)
            told == [{'$node': {'ok': "tasks {'some-id'} flagged as revoked"}}] or told
            """
        },
        PythonCheck("revoke of many ids keeps each from running", gives: ["REVOKED", "REVOKED"]) {
            """
            gone = [swift.add.apply_async((1, 1), countdown=0.4) for _ in range(2)]
            control.revoke([one.id for one in gone])
            [state_of(one, 'REVOKED', 'SUCCESS') for one in gone]
            """
        },
        PythonCheck("terminate is acknowledged, and says so when the call is unknown") {
            """
            held = swift.hold.delay(scratch('never'))
            state_of(held, 'STARTED')
            told = control.revoke(held.id, terminate=True, reply=True, destination=['$node'], timeout=10)
            unknown = control.revoke('no-such-call', terminate=True, reply=True, destination=['$node'], timeout=10)
            state_of(held, 'REVOKED')
            [told, unknown] == [[{'$node': {'ok': f'terminate: {held.id}'}}], [{'$node': {'ok': 'terminate: tasks unknown'}}]] or (told, unknown)
            """
        },
        PythonCheck("revoke_by_stamped_headers keeps stamped calls from running", gives: ["REVOKED", 3]) {
            """
            gone = swift.add.s(1, 1)
            gone.stamp(batch='b-17')
            gone = gone.apply_async(countdown=0.6)
            kept = swift.add.s(1, 2)
            kept.stamp(batch='b-18')
            kept = kept.apply_async(countdown=0.6)
            control.revoke_by_stamped_headers({'batch': ['b-17']})
            [state_of(gone, 'REVOKED', 'SUCCESS'), kept.get(timeout=20)]
            """
        },
        PythonCheck("rate_limit is set, shown, refused where it makes no sense, and lifted") {
            """
            def told(*args):
                return control.rate_limit(*args, reply=True, destination=['$node'], timeout=10)[0]['$node']
            answers = [told('swift.echo', '10/m'),
                       any('swift.echo [rate_limit=10/m' in n for n in inspect(['$node'], timeout=10).registered()['$node']),
                       told('swift.echo', 0), told('swift.no_such', '1/m'), 'error' in told('swift.echo', 'often')]
            answers == [{'ok': 'new rate limit set successfully'}, True, {'ok': 'rate limit disabled successfully'},
                        {'error': 'unknown task'}, True] or answers
            """
        },
        PythonCheck("a rate limit set from Python holds calls back without refusing them") {
            """
            control.rate_limit('swift.greet', '5/s', reply=True, timeout=10, destination=['$node'])
            started = time.monotonic()
            [one.get(timeout=20) for one in [swift.greet.delay(name='x') for _ in range(6)]]
            took = time.monotonic() - started
            control.rate_limit('swift.greet', 0, reply=True, timeout=10, destination=['$node'])
            took > 0.9 or took
            """
        },
        PythonCheck("time_limit holds for calls that start from then on", gives: ["ok", "SoftTimeLimitExceeded"]) {
            """
            told = control.time_limit('swift.hold', soft=0.3, hard=30, reply=True, destination=['$node'], timeout=10)
            error = raised(swift.hold.delay(scratch('never')))
            control.time_limit('swift.hold', soft=None, hard=None, reply=True, destination=['$node'], timeout=10)
            [*told[0]['$node'], error[1]]
            """
        },
        PythonCheck("pool_grow and pool_shrink change how many calls run at once", gives: [6, 4]) {
            """
            def slots():
                return inspect(['$node'], timeout=10).stats()['$node']['pool']['max-concurrency']
            control.pool_grow(2, reply=True, destination=['$node'], timeout=10)
            grown = slots()
            control.pool_shrink(2, reply=True, destination=['$node'], timeout=10)
            [grown, slots()]
            """
        },
        PythonCheck("autoscale is refused where it is not enabled") {
            """
            told = control.autoscale(5, 1, reply=True, destination=['$node'], timeout=10)[0]['$node']
            told == {'error': "ValueError('Autoscale not enabled')"} or told
            """
        },
        PythonCheck("pool_restart is refused with an error") {
            "'error' in control.pool_restart(reply=True, destination=['$node'], timeout=10)[0]['$node']"
        },
        PythonCheck(
            "add_consumer has a new queue served, cancel_consumer no longer",
            gives: ["add consumer fresh", 3, "no longer consuming from fresh", false]
        ) {
            """
            added = control.add_consumer('fresh', reply=True, destination=['$node'], timeout=10)[0]['$node']['ok']
            sum = call(swift.add, 1, 2, queue='fresh')
            gone = control.cancel_consumer('fresh', reply=True, destination=['$node'], timeout=10)[0]['$node']['ok']
            [added, sum, gone, 'fresh' in [q['name'] for q in inspect(['$node'], timeout=10).active_queues()['$node']]]
            """
        },
        PythonCheck("an election does no harm") {
            "control.election('e1', 'topic') is None and inspect(['$node'], timeout=10).ping() == {'$node': {'ok': 'pong'}}"
        },
    ]

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

    @Test("a Swift worker by default refuses Celery's commands that stop, grow or limit it", .timeLimit(.minutes(1)))
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

    @Test("shutdown ends a Swift worker in order", .timeLimit(.minutes(1)))
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
