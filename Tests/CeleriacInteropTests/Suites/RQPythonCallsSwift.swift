import CeleriacCore
import Testing

extension Interop.RQ {
    /// RQ's own clients enqueue, a Swift worker runs. The extensions in the files beside this one hold the checks by topic.
    @Suite("An RQ client is answered by a Swift worker", .serialized)
    struct PythonCallsSwift: RQLive {}
}

extension Interop.RQ.PythonCallsSwift {
    // MARK: Values

    @Test("values in pickle", .timeLimit(.minutes(15)), arguments: valuesOfAll + valuesOfPickle)
    func inPickle(_ check: PythonCheck) async throws { try await expect(check) }

    @Test("values in JSON", .timeLimit(.minutes(15)), arguments: valuesOfAll + valuesOfJSON)
    func inJSON(_ check: PythonCheck) async throws {
        let code = check.code.replacing("there_and_back(", with: "there_and_back_in_json(")
        try await expect(PythonCheck(check.promise, gives: check.expected, code))
    }

    /// What either serializer can say.
    static let valuesOfAll: [PythonCheck] = [
        PythonCheck("text of every script, quotes and control characters comes back as it was sent") {
            #"there_and_back('grüße 日本語 🏴‍☠️ "quoted" \'\\\n\t\x01 \u2028')"#
        },
        PythonCheck("integers beyond 64 bits keep every digit") { "there_and_back([2**80, -2**200, 2**63, -2**63])" },
        PythonCheck("1.0 stays a float and 1 an int") { "there_and_back([1.0, 1, -0.0, 0, 100.0])" },
        PythonCheck("floats keep every bit") { "there_and_back([1e22, 1e-07, 0.1, 1.7976931348623157e308, 5e-324])" },
        PythonCheck("NaN and the infinities pass") { "there_and_back([float('nan'), float('inf'), float('-inf')])" },
        PythonCheck("None and booleans stay what they are") { "there_and_back([None, True, False, {'a': None}])" },
        PythonCheck("nested lists and dicts keep their shape") {
            "there_and_back({'a': [1, [2, {'b': {'c': [[]]}}]], 'empty': {}, 'z': 1})"
        },
        PythonCheck("half a megabyte passes") { "there_and_back(['0123456789' * 10] * 5000)" },
    ]

    static let valuesOfPickle: [PythonCheck] = [
        PythonCheck("an aware datetime comes back as one") {
            "there_and_back(datetime.datetime(2026, 11, 22, 8, 10, 0, 123456, tzinfo=datetime.timezone.utc))"
        },
        PythonCheck("a naive datetime comes back as one") { "there_and_back(datetime.datetime(2026, 11, 22, 8, 10))" },
        PythonCheck("a date and a time come back") {
            "there_and_back([datetime.date(2026, 11, 22), datetime.time(8, 10, 0, 5)])"
        },
        PythonCheck("bytes come back as bytes, text or not") { #"there_and_back([b'plain', b'\xff\x00\xfe'])"# },
        PythonCheck("a UUID comes back as one") { "there_and_back(uuid.UUID('12345678-1234-5678-1234-567812345678'))" },
        PythonCheck("a Decimal keeps every digit") { "there_and_back(Decimal('12345678901234567890.123456789'))" },
        PythonCheck("a tuple comes back as a list") { "there_and_back((1, 2), [1, 2])" },
        PythonCheck("datetime, date, UUID, Decimal and bytes are Date, UUID, Decimal and Data to the task") {
            #"""
            given = dict(
                when=datetime.datetime(2026, 11, 22, 8, 10, 0, 250000, tzinfo=datetime.timezone.utc),
                id=uuid.uuid4(), price=Decimal('19.99'), text=b'plain', bytes=b'\xff\x00', day=datetime.date(2026, 1, 2))
            came = call('swift.kinds', **given)
            meant = dict(given, price=Decimal('20.99'), day=datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc))
            came == meant or (came, meant)
            """#
        },
    ]

    static let valuesOfJSON: [PythonCheck] = [
        PythonCheck("a tuple comes as a list, as in Python") { "there_and_back((1, 2), [1, 2])" },
        PythonCheck("keys that are no strings become strings, as in Python") {
            "there_and_back({1: 'a', None: 'b', 2.5: 'c'}, {'1': 'a', 'null': 'b', '2.5': 'c'})"
        },
    ]

    // MARK: Calls

    @Test("calls", .timeLimit(.minutes(15)), arguments: calls)
    func calls(_ check: PythonCheck) async throws { try await expect(check) }

    static let calls: [PythonCheck] = [
        PythonCheck("positional arguments reach the task", gives: 42) { "call('swift.add', 40, 2)" },
        PythonCheck("keyword arguments reach the task, with names of any script", gives: "hello Ada 2.5") {
            "call('swift.greet', name='Ada', times=1, größe=2.5)"
        },
        PythonCheck("a keyword left out has its default", gives: "hello Ada hello Ada 1.0") {
            "call('swift.greet', name='Ada')"
        },
        PythonCheck("args= and kwargs= are taken apart from the options", gives: "hello Bo hello Bo 3.5") {
            "call('swift.greet', args=('Bo',), kwargs={'größe': 3.5})"
        },
        PythonCheck("return_value() of a job that gives nothing is None", gives: ["finished", nil]) {
            """
            job = ended(jobs.enqueue('swift.echo'))
            [status(job), job.return_value()]
            """
        },
        PythonCheck("many jobs enqueued at once all run", gives: .array((0..<50).map { .integer($0 * 2) })) {
            """
            many = jobs.enqueue_many([Queue.prepare_data('swift.add', args=(n, n)) for n in range(50)])
            [value(job) for job in many]
            """
        },
        PythonCheck("enqueue_call with a timeout reaches the task", gives: 77) {
            "int(value(jobs.enqueue_call('swift.describe', timeout=77))['hard'])"
        },
        PythonCheck("a task knows its id, queue and worker", gives: ["known", "other", "swift@test"]) {
            """
            seen = call('swift.describe', queue=queue('other'), job_id='known')
            [seen['id'], seen['queue'], seen['worker']]
            """
        },
        PythonCheck("metadata of the producer is the call's header meta", gives: ["user": "Ada"]) {
            "call('swift.describe', meta={'user': 'Ada'})['extra']['meta']"
        },
        PythonCheck("a child process of the shell command rq enqueue is answered", gives: 9) {
            """
            rq('enqueue', '--job-id', 'by-shell', 'swift.add', ':4', ':5')
            value(fetch_job('by-shell'))
            """
        },
    ]
}
