import Celeriac
import CeleriacCanvas
import CeleriacCore
import CeleriacRedis
import CeleriacYAML
import Foundation
import RedisUnderTest
import Testing

extension Interop {
    /// Programs that have agreed on another format than JSON: Python's settings and ours say the same.
    @Suite("Bodies and results in YAML and MessagePack", .timeLimit(.minutes(15)))
    struct Serializers {
        #if YAML
            static let formats: [Serializer] = [.messagePack, .yaml]
        #else
            static let formats: [Serializer] = [.messagePack]
        #endif

        private func run(_ format: Serializer, _ body: (Fleet) async throws -> Void) async throws {
            let settings: JSONObject = [
                "task_serializer": .string(format.name), "result_serializer": .string(format.name),
                "accept_content": [.string(format.name)],
            ]
            var plan = FleetTrait()
            plan.settings = settings
            plan.serializer = format
            plan.pythonWorkers = [{ try PythonWorker(redis: $0, queues: ["python"], settings: settings, scratch: $1) }]
            plan.swiftWorkers = [{ try SwiftWorker(redis: $0, serializer: format, scratch: $1) }]
            try await Fleet.run(plan) { try await body(try #require(Fleet.current)) }
        }

        @Test("Python calls Swift: values, failures, states and retries", arguments: formats)
        func pythonCallsSwift(format: Serializer) async throws {
            try await run(format) { fleet in
                for check in Self.values + (format != .messagePack ? Self.valuesOfYAML : []) {
                    try await check.run(on: fleet.python)
                }
            }
        }

        static let values: [PythonCheck] = [
            PythonCheck("a call and its result", gives: 5, "call(swift.add, 2, 3)"),
            PythonCheck("text and numbers") {
                #"there_and_back(['grüße 🎉 "q" \n\t', 'yes', '1.5', '~', '', 1, -1, 2**63, 1.0, 1e22, 5e-324, None, True])"#
            },
            PythonCheck("bytes are bytes") { #"there_and_back([b'plain', b'\xff\x00\xfe'])"# },
            PythonCheck("nesting") { "there_and_back({'a': [1, [2, {'b': {'c': [[]]}}]], 'empty': {}, 'yes': 1})" },
            PythonCheck("a shared list") { "shared = [1, 2]; there_and_back([shared, shared, {'x': shared}])" },
            PythonCheck("a lot of text") { "there_and_back(['0123456789' * 10] * 5000)" },
            PythonCheck("data to the task") {
                #"call(swift.echo, kwargs={'value': b'\xff'}) == b'\xff'"#
            },
            PythonCheck(
                "a failure", gives: ["builtins", "ValueError", "bad"],
                "raised(swift.value_error.delay('bad'))"),
            PythonCheck(
                "a failure of Swift's own", gives: "no more eggs",
                "raised(swift.fail.delay())[2]"),
            PythonCheck("retries keep the format", gives: 3, "call(swift.flaky, kwargs={'failures': 2})"),
            PythonCheck(
                "a state of its own", gives: "done",
                """
                gate = scratch('gate-format')
                r = swift.progress.delay(gate)
                state_of(r, 'PROGRESS')
                open(gate, 'w').close()
                r.get(timeout=20)
                """),
            PythonCheck("compressed", gives: true, "call(swift.echo, 'x' * 5000, compression='xz') == 'x' * 5000"),
            PythonCheck("a group", gives: [3, 7], "group(swift.add.s(1, 2), swift.add.s(3, 4))().get(timeout=20)"),
        ]

        /// What Python's msgpack cannot write.
        static let valuesOfYAML: [PythonCheck] = [
            PythonCheck("dates") {
                """
                there_and_back([datetime.datetime(2026, 11, 22, 8, 10, 0, 123456, tzinfo=datetime.timezone.utc),
                                datetime.datetime(2026, 11, 22, 8, 10), datetime.date(2026, 11, 22)])
                """
            },
            PythonCheck("integers of any size") { "there_and_back([2**80, -2**200])" },
            PythonCheck("not-a-number and the infinities") {
                "there_and_back([float('nan'), float('inf'), float('-inf')])"
            },
            PythonCheck("keys that are no strings") {
                "there_and_back({1: 'a', None: 'b', 2.5: 'c'}, {'1': 'a', 'null': 'b', '2.5': 'c'})"
            },
        ]

        @Test("Swift calls Python: values, failures and retries", arguments: formats)
        func swiftCallsPython(format: Serializer) async throws {
            try await run(format) { fleet in
                let options = CallOptions(queue: "python")
                func call(_ task: TaskName, _ args: [JSONValue]) async throws -> JSONValue {
                    try await fleet.app.send(task, args: args, options: options).get(timeout: .seconds(30))
                }
                #expect(try await call("py.add", [2, 3]) == 5)
                #expect(
                    try await call("py.repr", ["é", 1.0, nil, ["a": [true]]]) == [
                        "'é'", "1.0", "None", "{'a': [True]}",
                    ])
                let bytes: JSONValue = ["__type__": "base64", "__value__": "/wA="]
                #expect(try await call("py.repr", [bytes]) == [#"b'\xff\x00'"#])
                #expect(try await call("py.echo", [bytes]) == bytes)
                #expect(try await call("py.retry", [2]) == 2)
                let failed = try await fleet.app.send("py.fail", args: ["KeyError", "lost"], options: options)
                let failure = await #expect(throws: TaskFailure.self) {
                    try await failed.get(timeout: .seconds(30))
                }
                #expect(failure?.type == "KeyError")
                if format != .messagePack {
                    let date: JSONValue = ["__type__": "datetime", "__value__": "2026-11-22T08:10:00+00:00"]
                    let repr = "datetime.datetime(2026, 11, 22, 8, 10, tzinfo=datetime.timezone.utc)"
                    #expect(try await call("py.repr", [date]) == [.string(repr)])
                    #expect(try await call("py.echo", [date]) == date)
                }
            }
        }

        @Test("chains and chords go over both sides in the format of the call", arguments: formats)
        func canvas(format: Serializer) async throws {
            try await run(format) { fleet in
                let checks = [
                    PythonCheck(
                        "a chain over both sides", gives: 16,
                        """
                        chain(swift.add.s(1, 2), tasks.add.s(3).set(queue='python'), swift.add.s(4),
                              tasks.add.s(6).set(queue='python'))().get(timeout=30)
                        """),
                    PythonCheck(
                        "a chord whose header is on both sides", gives: [3, 7, 11],
                        """
                        chord([swift.add.s(1, 2), tasks.add.s(3, 4).set(queue='python'), swift.add.s(5, 6)],
                              swift.echo.s())().get(timeout=30)
                        """),
                    PythonCheck(
                        "a chord that Python launches", gives: [3, 7],
                        """
                        chord([swift.add.s(1, 2), swift.add.s(3, 4)], tasks.echo.s().set(queue='python'))().get(timeout=30)
                        """),
                    PythonCheck(
                        "the next step is in the format of the call before it, unless its signature says otherwise",
                        gives: .array([.string(format.contentType), "application/json"]),
                        """
                        chain(swift.add.s(1, 2), tasks.add.s(3).set(queue='nobody')).delay()
                        chain(swift.add.s(1, 2), tasks.add.s(3).set(queue='none', serializer='json')).delay()
                        wait_until(lambda: redis.llen('nobody') and redis.llen('none'))
                        [json.loads(redis.lindex(queue, 0))['content-type'] for queue in ('nobody', 'none')]
                        """),
                ]
                // PyYAML's `safe_dump` refuses the signatures that Celery puts into a message.
                if format == .messagePack { for check in checks { try await check.run(on: fleet.python) } }
                let add = { (args: [JSONValue], queue: String) in
                    CanvasSignature.call(
                        queue == "python" ? "py.add" : "swift.add", EncodedArguments(args: args),
                        options: CanvasOptions(values: ["queue": .string(queue)]))
                }
                let chain = CanvasSignature.chain([add([1, 2], "celery"), add([3], "python"), add([4], "celery")])
                #expect(try await fleet.app.send(chain).get(timeout: .seconds(30)) == 10)
                let echo = CanvasSignature.call(
                    "py.echo", EncodedArguments(), options: CanvasOptions(values: ["queue": "python"]))
                let chord = CanvasSignature.chord([add([1, 2], "celery"), add([3, 4], "python")], body: echo)
                #expect(try await fleet.app.send(chord).get(timeout: .seconds(30)) == [3, 7])
            }
        }

        @Test("a final result in another format is not overwritten by a state that comes late", arguments: formats)
        func precedence(format: Serializer) async throws {
            try await run(format) { fleet in
                let store = try #require(fleet.app.results)
                for writer in ["swift.add", "py.add"] {
                    let options = CallOptions(queue: writer == "py.add" ? "python" : nil)
                    let result = try await fleet.app.send(TaskName(writer), args: [1, 2], options: options)
                    #expect(try await result.get(timeout: .seconds(30)) == 3)
                    var late = StateChange(id: result.id, state: .started, at: Date())
                    late.meta = Array("1".utf8)
                    try await store.record([late])
                    #expect(try await store.record(of: result.id)?.state == .success, "\(writer)")
                }
            }
        }

        @Test("a client that does not accept a result's format says so")
        func refusesResults() async throws {
            try await run(.messagePack) { fleet in
                let result = try await fleet.app.send("swift.add", args: [1, 2])
                #expect(try await result.get(timeout: .seconds(30)) == 3)
                let other = try Fleet.app(fleet.url)
                let error = await #expect(throws: CeleriacError.self) {
                    try await other.results?.record(of: result.id)
                }
                #expect(error?.code == .unsupported)
                #expect(error?.message.contains("application/x-msgpack") == true)
            }
        }
    }
}
