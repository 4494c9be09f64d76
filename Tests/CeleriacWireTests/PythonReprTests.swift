import CeleriacCore
import CeleriacWire
import Testing

@Suite("Values as Python shows them")
struct PythonReprTests {
    private func arguments(_ json: String) -> String { PythonRepr.arguments(Array(json.utf8)) }
    private func value(_ json: String) -> String { PythonRepr.value(Array(json.utf8)) }

    @Test("arguments are shown as Celery's producers do, long ones and deep ones cut as there")
    func showsRecordings() throws {
        // What was a tuple or had a key of another type before it became JSON cannot be told any more, nor what was a list.
        let others = ["task-argsrepr-small", "task-send-by-name"]
        for fixture in try Fixture.all() where !others.contains(fixture.name) {
            for raw in fixture.raw("messages") {
                let headers = try JSONValue(parsing: raw)["headers"]
                guard let expected = headers?["argsrepr"]?.stringValue else { continue }
                let message = try KombuEnvelope.decode(raw, limits: MessageLimits())
                guard let call = try? CeleryCodec().decode(message.envelope), call.arguments.body.first == 0x5B else {
                    continue
                }
                let body = try JSONValue(parsing: call.arguments.body)
                if body.text.contains("subtask_type") || body.text.contains("datetime") { continue }
                #expect(PythonRepr.arguments(try #require(body[0]).bytes) == expected, "\(fixture.name)")
                let members = body[1]?.objectValue ?? [:]
                guard members.count < 2, let shown = headers?["kwargsrepr"]?.stringValue else { continue }
                #expect(PythonRepr.keywords(try #require(body[1]).bytes) == shown, "\(fixture.name)")
            }
        }
    }

    @Test(
        "values of every kind are shown as Python's",
        arguments: [
            ("[]", "()"), ("[1]", "(1,)"), ("[1, 2]", "(1, 2)"), ("[null,true,false]", "(None, True, False)"),
            ("[NaN,Infinity,-Infinity]", "(nan, inf, -inf)"), ("[1.0,-3,1e+22]", "(1.0, -3, 1e+22)"),
            (#"["it's","a\"b","a\\b","é\u00e9\n"]"#, "('it\\'s', 'a\"b', 'a\\b', 'éé\n')"),
            (#"[[1,[2,[3]]],{"a":{"b":{"c":1}}}]"#, "([1, [2, [...]]], {'a': {'b': {...}}})"),
            (#"[{"__type__":"decimal","__value__":"1.5"}]"#, "(Decimal('1.5'),)"),
            (#"[{"__type__":"bytes","__value__":"by"}]"#, "(b'by',)"),
            (#"[{"__type__":"base64","__value__":"/wA="}]"#, "(b'ff00',)"),
            (
                #"[{"__type__":"uuid","__value__":{"hex":"0123456789abcdef0123456789abcdef"}}]"#,
                "(UUID('01234567-89ab-cdef-0123-456789abcdef'),)"
            ),
            (
                #"[{"__type__":"datetime","__value__":"2030-01-02T03:04:00+00:00"}]"#,
                "(datetime.datetime(2030, 1, 2, 3, 4, tzinfo=datetime.timezone.utc),)"
            ),
            (
                #"[{"__type__":"datetime","__value__":"2030-01-02T03:04:05.000007-02:30"}]"#,
                "(datetime.datetime(2030, 1, 2, 3, 4, 5, 7, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=77400))),)"
            ),
            (#"[{"__type__":"date","__value__":"2030-01-02"}]"#, "(datetime.date(2030, 1, 2),)"),
            (#"[{"__type__":"time","__value__":"03:04:05"}]"#, "(datetime.time(3, 4, 5),)"),
            (#"[{"__type__":"other","__value__":1}]"#, "({'__type__': 'other', '__value__': 1},)"),
        ])
    func showsValues(json: String, shown: String) { #expect(arguments(json) == shown) }

    @Test("what is long is cut after 1024 characters, and every bracket is closed")
    func cuts() {
        let numbers = "[" + (0..<1000).map(String.init).joined(separator: ",") + "]"
        let shown = arguments(numbers)
        #expect(shown.hasPrefix("(0, 1, 2, "))
        #expect(shown.hasSuffix(", ...)"))
        #expect(shown.count < 1050)
        let text = String(repeating: "x", count: 2000)
        #expect(arguments("[\"\(text)\"]") == "('" + String(repeating: "x", count: 1023) + "...',)")
        #expect(value("[[\"\(text)\",5],6]") == "[['" + String(repeating: "x", count: 1022) + "...', ...]]")
    }

    @Test("what is no JSON is shown as far as it goes")
    func takesAnything() {
        for text in [
            "", "[", "[1", "[1,", "[\"a", "{", "{\"a\"", "{\"a\":", "x", "[x]", "[\"\\", "[\"\\u12", "]", "[[[[[",
        ] {
            _ = arguments(text)
            _ = value(text)
        }
        #expect(arguments("[1, x") == "(1, )")
        #expect(value("") == "")
        #expect(PythonRepr.value([0xFF, 0x22, 0xFF]) == "")
    }

    @Test("an exception is shown with its arguments, as Python's repr")
    func showsExceptions() {
        #expect(PythonRepr.exception(TaskFailure(type: "ValueError", module: "m", message: "x")) == "ValueError('x')")
        #expect(
            PythonRepr.exception(TaskFailure(type: "E", message: "it's\n\u{7F}é\u{2028}")) == #"E("it's\n\x7fé\u2028")"#
        )
        #expect(PythonRepr.exception(TaskFailure(type: "E", message: "")) == "E()")
        #expect(
            PythonRepr.exception(
                TaskFailure(type: "E", message: "a, 2", arguments: ["a'\"", 2, [nil, true], ["k": 1.0]]))
                == #"E('a\'"', 2, [None, True], {'k': 1.0})"#)
    }
}
