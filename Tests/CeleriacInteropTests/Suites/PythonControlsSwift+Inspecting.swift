import CeleriacCore

extension Interop.PythonControlsSwift {
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
}
