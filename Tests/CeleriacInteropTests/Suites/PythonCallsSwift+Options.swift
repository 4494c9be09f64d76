import Celeriac
import CeleriacCore
import Testing

extension Interop.PythonCallsSwift {
    @Test("options", .timeLimit(.minutes(15)), arguments: options)
    func option(_ check: PythonCheck) async throws { try await expect(check) }

    static let options: [PythonCheck] = [
        PythonCheck("delay() runs the task", gives: 4, "swift.add.delay(2, 2).get(timeout=20)"),
        PythonCheck("keywords reach parameters by name, and what is missing takes its default") {
            "call(swift.greet, kwargs={'name': 'Ada'}) == 'hello Ada hello Ada 1.0'"
        },
        PythonCheck("a parameter whose name is not ASCII is reached") {
            "call(swift.greet, kwargs={'name': 'Ada', 'times': 1, 'größe': 2.5}) == 'hello Ada 2.5'"
        },
        PythonCheck("positional arguments reach labelled parameters") {
            "call(swift.greet, 'Ada', 1) == 'hello Ada 1.0'"
        },
        PythonCheck("a call by name needs no stub", gives: 5, "app.send_task('swift.add', (2, 3)).get(timeout=20)"),
        PythonCheck("a signature with partial arguments is completed", gives: 7) {
            "app.signature('swift.add', (3,)).delay(4).get(timeout=20)"
        },
        PythonCheck(
            "priority, correlation id, reply_to, exchange, routing key and arguments are known to the task",
            gives: [6, 3, "corr", "answers", "", "celery", false, [[1, "x"]], ["named": ["a": 1]]]
        ) {
            """
            seen = call(swift.describe, [1, 'x'], kwargs={'named': {'a': 1}}, priority=3, correlation_id='corr',
                        reply_to='answers', queue='celery')
            [seen[name] for name in ('priority', 'wire_priority', 'correlation_id', 'reply_to', 'exchange', 'routing_key',
                                     'eager', 'args', 'kwargs')]
            """
        },
        PythonCheck("members that are nil are None where the task says so", gives: ["name": "Ada", "nick": nil]) {
            "call(swift.person, 'Ada')"
        },
        PythonCheck("a countdown is waited for") {
            """
            sent = time.time()
            seen = call(swift.describe, countdown=0.7)
            0 <= seen['started'] - (sent + 0.7) < 5 or (seen, sent)
            """
        },
        PythonCheck("an aware eta is waited for") {
            """
            eta = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=0.7)
            seen = call(swift.describe, eta=eta)
            abs(seen['eta'] - eta.timestamp()) < 0.001 and seen['started'] >= eta.timestamp() or (seen, eta)
            """
        },
        PythonCheck("a naive eta is UTC, as for a Python worker in UTC") {
            """
            eta = datetime.datetime.utcnow() + datetime.timedelta(seconds=0.7)
            due = eta.replace(tzinfo=datetime.timezone.utc).timestamp()
            seen = call(swift.describe, eta=eta)
            abs(seen['eta'] - due) < 0.001 and seen['started'] >= due or (seen, due)
            """
        },
        PythonCheck("an eta with an offset is that instant") {
            """
            zone = datetime.timezone(datetime.timedelta(hours=5, minutes=45))
            eta = datetime.datetime.now(zone) + datetime.timedelta(seconds=0.7)
            seen = call(swift.describe, eta=eta)
            abs(seen['eta'] - eta.timestamp()) < 0.001 and seen['started'] >= eta.timestamp() or (seen, eta)
            """
        },
        PythonCheck("an eta that has passed runs at once") {
            """
            eta = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
            call(swift.describe, eta=eta)['eta'] == eta.timestamp()
            """
        },
        PythonCheck("expires in seconds lets a call run in time") {
            """
            seen = call(swift.describe, expires=60)
            55 < seen['expires'] - time.time() < 61 or seen
            """
        },
        PythonCheck("expires as a datetime lets a call run in time") {
            """
            then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
            abs(call(swift.describe, expires=then)['expires'] - then.timestamp()) < 0.001
            """
        },
        PythonCheck("a call that has expired is REVOKED, and Python raises TaskRevokedError") {
            """
            gone = swift.add.apply_async((1, 1), expires=datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1))
            error = raised(gone)
            (error[:2], gone.state) == (['celery.exceptions', 'TaskRevokedError'], 'REVOKED') or (error, gone.state)
            """
        },
        PythonCheck("a call that expires while it waits for its eta is REVOKED") {
            "state_of(swift.add.apply_async((1, 1), countdown=0.9, expires=0.3), 'REVOKED', 'SUCCESS') == 'REVOKED'"
        },
        PythonCheck("retries are counted on from what the caller says", gives: 3) {
            "call(swift.describe, retries=2)['attempt']"
        },
        PythonCheck("time limits arrive, hard and soft", gives: [30.5, 10.0]) {
            """
            seen = call(swift.describe, time_limit=30.5, soft_time_limit=10)
            [seen['hard'], seen['soft']]
            """
        },
        PythonCheck("the task_id given is the call's", gives: ["my-own-id", "my-own-id"]) {
            """
            mine = swift.describe.apply_async(task_id='my-own-id')
            [mine.id, mine.get(timeout=20)['id']]
            """
        },
        PythonCheck("headers of the caller's own reach the task", gives: ["acme", 7, ["a", nil]]) {
            """
            extra = call(swift.describe, headers={'x-tenant': 'acme', 'n': 7, 'list': ['a', None]})['extra']
            [extra['x-tenant'], extra['n'], extra['list']]
            """
        },
        PythonCheck("a shadow name arrives", gives: "other.name") {
            "call(swift.describe, shadow='other.name')['shadow']"
        },
        PythonCheck("ignore_result keeps nothing") {
            """
            ignored = swift.ignored.delay(1)
            wait_until(lambda: 'swift.ignored' in repr(inspect().stats()) and redis.zcard('unacked_index') == 0)
            message_of(ignored) is None and redis.llen('celery') == 0
            """
        },
        PythonCheck("ignore_result=True of one call is heeded", gives: nil) {
            """
            quiet, loud = swift.add.apply_async((1, 2), ignore_result=True), swift.add.delay(1, 2)
            loud.get(timeout=20)
            wait_until(lambda: redis.llen('celery') == 0 and redis.zcard('unacked_index') == 0)
            message_of(quiet)
            """
        },
        PythonCheck("a reply_to of the caller's does no harm", gives: 3) {
            "call(swift.add, 1, 2, reply_to='a-reply-queue')"
        },
        PythonCheck("a body compressed by gzip is read", gives: ["ok", "application/x-gzip"]) {
            """
            seen = call(swift.describe, compression='gzip')
            [call(swift.echo, 'ok', compression='zlib'), seen['compression']]
            """
        },
        PythonCheck("a queue of the caller's choice is served", gives: "other") {
            "call(swift.describe, queue='other')['queue']"
        },
        PythonCheck("a named direct exchange leads to the queue bound to it", gives: "bound") {
            """
            from kombu import Exchange, Queue
            queue = Queue('bound', Exchange('shop', type='direct'), routing_key='orders')
            call(swift.describe, exchange='shop', routing_key='orders', declare=[queue], exchange_type='direct')['queue']
            """
        },
        PythonCheck("a topic exchange leads to every queue whose pattern fits", gives: ["celery", "other"]) {
            """
            from kombu import Exchange, Queue
            news = Exchange('news', type='topic')
            declared = [Queue('other', news, routing_key='news.*'), Queue('celery', news, routing_key='news.#')]
            with app.connection_for_write() as connection, app.amqp.Producer(connection, auto_declare=False) as producer:
                for queue in declared:
                    queue(connection.default_channel).declare()
                swift.note.apply_async((scratch('topic'), 'both'), producer=producer, exchange=news, routing_key='news.local')
                swift.note.apply_async((scratch('topic'), 'one'), producer=producer, exchange=news, routing_key='news.far.away')
            wait_until(lambda: len(lines_of(scratch('topic'))) == 3)
            ['celery', 'other'] if sorted(lines_of(scratch('topic'))) == ['both', 'both', 'one'] else lines_of(scratch('topic'))
            """
        },
        PythonCheck("a message marked as redelivered runs", gives: 3) {
            """
            call(swift.add, 1, 2, headers={'redelivered': True})
            """
        },
        PythonCheck("a message of protocol 1 runs", gives: 9) {
            """
            import celery.app.amqp
            old = celery.Celery('old', broker=tasks.URL, backend=tasks.URL)
            old.conf.task_protocol = 1
            old.send_task('swift.add', (4, 5)).get(timeout=20)
            """
        },
    ]
}

extension PythonCheck {
    init(_ promise: String, gives expected: JSONValue, code: () -> String) {
        self.init(promise, gives: expected, code())
    }
}
