import CeleriacCore

extension Interop.PythonControlsSwift {
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
}
