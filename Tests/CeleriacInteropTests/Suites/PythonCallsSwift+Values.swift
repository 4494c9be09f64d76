import CeleriacCore
import Testing

extension Interop.PythonCallsSwift {
    @Test("values", .timeLimit(.minutes(15)), arguments: values)
    func value(_ check: PythonCheck) async throws { try await expect(check) }

    static let values: [PythonCheck] = [
        PythonCheck("text of every script, quotes and control characters comes back as it was sent") {
            #"there_and_back('grüße 日本語 🏴‍☠️ "quoted" \'\\\n\t\x01 \u2028')"#
        },
        PythonCheck("integers beyond 64 bits keep every digit") { "there_and_back([2**80, -2**200, 2**63, -2**63])" },
        PythonCheck("1.0 stays a float and 1 an int") { "there_and_back([1.0, 1, -0.0, 0, 100.0])" },
        PythonCheck("floats keep their shortest digits") {
            "there_and_back([1e22, 1e-07, 0.1, 1.7976931348623157e308, 5e-324])"
        },
        PythonCheck("NaN and the infinities pass") {
            "there_and_back([float('nan'), float('inf'), float('-inf')])"
        },
        PythonCheck("None is null and back") { "there_and_back([None, {'a': None}])" },
        PythonCheck("booleans stay booleans") { "there_and_back([True, False])" },
        PythonCheck("nested lists and dicts keep their shape") {
            "there_and_back({'a': [1, [2, {'b': {'c': [[]]}}]], 'empty': {}, 'z': 1})"
        },
        PythonCheck("a tuple comes as a list, as in Python") { "there_and_back((1, 2), [1, 2])" },
        PythonCheck("keys that are no strings become strings, as in Python") {
            "there_and_back({1: 'a', None: 'b', 2.5: 'c'}, {'1': 'a', 'null': 'b', '2.5': 'c'})"
        },
        PythonCheck("an aware datetime comes back as one") {
            "there_and_back(datetime.datetime(2026, 11, 22, 8, 10, 0, 123456, tzinfo=datetime.timezone.utc))"
        },
        PythonCheck("a naive datetime comes back as one") {
            "there_and_back(datetime.datetime(2026, 11, 22, 8, 10))"
        },
        PythonCheck("a date and a time come back") {
            "there_and_back([datetime.date(2026, 11, 22), datetime.time(8, 10, 0, 5)])"
        },
        PythonCheck("a UUID comes back as one") { "there_and_back(uuid.UUID('12345678-1234-5678-1234-567812345678'))" },
        PythonCheck("a Decimal keeps every digit") { "there_and_back(Decimal('12345678901234567890.123456789'))" },
        PythonCheck("bytes come back as bytes, text or not") { #"there_and_back([b'plain', b'\xff\x00\xfe'])"# },
        PythonCheck("a lone surrogate, as in the name of a file that is not UTF-8, comes back as it was sent") {
            #"there_and_back([os.fsdecode(b'caf\xe9'), 'a\ud800b', {'\udce9': 1, '\udcea': 2}])"#
        },
        PythonCheck("keys that Unicode calls equivalent are two keys") {
            #"there_and_back({'\u00e9': 1, 'e\u0301': [{'\u212b': 2, '\u00c5': 3, 'A\u030a': 4}], '\uac00': 5, '\u1100\u1161': 6})"#
        },
        PythonCheck("half a megabyte passes") { "there_and_back(['0123456789' * 10] * 5000)" },
        PythonCheck("datetime, date, UUID, Decimal and bytes are Date, UUID, Decimal and Data to the task") {
            #"""
            given = dict(
                when=datetime.datetime(2026, 11, 22, 8, 10, 0, 250000, tzinfo=datetime.timezone.utc),
                id=uuid.uuid4(), price=Decimal('19.99'), text=b'plain', bytes=b'\xff\x00', day=datetime.date(2026, 1, 2))
            came = call(swift.kinds, kwargs=given)
            meant = dict(given, price=Decimal('20.99'), day=datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc))
            came == meant or (came, meant)
            """#
        },
    ]
}

extension PythonCheck {
    /// Spelled with a closure, so that the promise stands alone on its line.
    init(_ promise: String, code: () -> String) { self.init(promise, gives: true, code()) }
}
