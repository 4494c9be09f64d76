import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop {
    /// A Swift client calls, stock Celery answers. The extensions in the files beside this one hold the checks by topic.
    @Suite(
        "A Swift client is answered by a Python worker",
        .fleet { plan in
            plan.pythonWorkers = [
                {
                    try PythonWorker(
                        redis: $0, queues: ["celery", "other"],
                        settings: ["task_track_started": true, "result_extended": true], scratch: $1)
                },
                {
                    try PythonWorker(
                        "single", redis: $0, pool: "solo", concurrency: 1, queues: ["single"],
                        settings: ["worker_prefetch_multiplier": 1, "task_track_started": true], scratch: $1)
                },
            ]
        }
    )
    struct SwiftCallsPython: Live {
        /// What `py.request` tells of a call.
        func request(_ options: CallOptions) async throws -> JSONValue {
            try await app.send("py.request", args: [1, "two"], kwargs: ["three": 3.0], options: options).get(
                timeout: limit)
        }

        /// How long an answer may take before the check has failed.
        var limit: Duration { .seconds(30) }
    }
}

extension Interop.SwiftCallsPython {
    // MARK: Values

    /// What Python makes of a file name that is not UTF-8.
    private static let surrogate =
        IllFormedString(bytes: Array("caf".utf8) + [0xED, 0xB3, 0xA9]).map(JSONValue.illFormedString) ?? .null

    @Test(
        "a value is to Python what it is to Swift", .timeLimit(.minutes(15)),
        arguments: [
            ("a whole number", 42, "42"), ("a double without fraction", 1.0, "1.0"), ("a large double", 1e22, "1e+22"),
            ("a negative zero", -0.0, "-0.0"),
            ("a big integer", .bigInteger("1208925819614629174706176"), "1208925819614629174706176"),
            ("null", nil, "None"), ("a boolean", true, "True"),
            ("text of any script", "grüße 日本 🏴‍☠️", "'grüße 日本 🏴\\u200d☠️'"),
            (
                "two keys that Unicode calls equivalent", ["\u{C5}": 1, "\u{212B}": 2],
                "{'\u{C5}': 1, '\u{212B}': 2}"
            ), ("a lone surrogate", surrogate, #"'caf\udce9'"#),
            ("a list within an object", ["a": [1, [2.5]]], "{'a': [1, [2.5]]}"),
            ("a not-a-number", .double(.nan), "nan"), ("an infinity", .double(-.infinity), "-inf"),
            (
                "a tagged datetime", ["__type__": "datetime", "__value__": "2026-11-22T08:10:00+00:00"],
                "datetime.datetime(2026, 11, 22, 8, 10, tzinfo=datetime.timezone.utc)"
            ),
        ] as [(String, JSONValue, String)]
    )
    func value(_ name: String, _ value: JSONValue, _ repr: String) async throws {
        let seen = try await app.send("py.repr", args: [value], kwargs: ["k": value]).get(timeout: limit)
        #expect(seen == [.string(repr), .string("k=\(repr)")], "\(name)")
    }

    @Test("Date, UUID, Decimal and Data are datetime, UUID, Decimal and bytes to Python", .timeLimit(.minutes(15)))
    func typedArguments() async throws {
        var arguments = EncodedArguments()
        arguments.append(Date(timeIntervalSince1970: 1_795_335_000.25))
        arguments.append(try #require(UUID(uuidString: "12345678-1234-5678-1234-567812345678")))
        arguments.append(try #require(Decimal(string: "19.99")))
        arguments.append(Data([0xFF, 0x00]))
        let seen = try await app.send(Signature<[String]>("py.repr", arguments)).get(timeout: limit)
        #expect(
            seen == [
                "datetime.datetime(2026, 11, 22, 8, 10, 0, 250000, tzinfo=datetime.timezone.utc)",
                "UUID('12345678-1234-5678-1234-567812345678')", "Decimal('19.99')", #"b'\xff\x00'"#,
            ])
    }

    @Test("a result is read as the Int that it is", .timeLimit(.minutes(15)))
    func intResult() async throws {
        let sum = try await app.send(Signature<Int>("py.add", EncodedArguments(args: [2, 2])))
        #expect(try await sum.get(timeout: limit) == 4)
    }

    @Test("a result is read as the String that it is", .timeLimit(.minutes(15)))
    func stringResult() async throws {
        let text = try await app.send(Signature<String>("py.echo", EncodedArguments(args: ["grüße 日本"])))
        #expect(try await text.get(timeout: limit) == "grüße 日本")
    }

    @Test("a result is read as a struct", .timeLimit(.minutes(15)))
    func structResult() async throws {
        struct Person: Codable, Hashable, Sendable { var name: String, age: Int, tags: [String] }
        let person = try await app.send(Signature<Person>("py.person", EncodedArguments(args: ["Ada", 36])))
        #expect(try await person.get(timeout: limit) == Person(name: "Ada", age: 36, tags: ["a", "b"]))
    }

    @Test("a datetime result is a Date", .timeLimit(.minutes(15)))
    func dateResult() async throws {
        let date = try await app.send(Signature<Date>("py.date", .none)).get(timeout: limit)
        #expect(date == Date(timeIntervalSince1970: 1_795_335_000.5))
    }

    @Test("a UUID result is a UUID", .timeLimit(.minutes(15)))
    func uuidResult() async throws {
        let id = try await app.send(Signature<UUID>("py.uuid", .none)).get(timeout: limit)
        #expect(id.uuidString == "12345678-1234-5678-1234-567812345678")
    }

    @Test("a dict of tagged values, big integers and floats is read into a struct", .timeLimit(.minutes(15)))
    func mixedResult() async throws {
        struct Values: Codable, Sendable {
            var when: Date, id: UUID, price: Decimal, text: Data, bytes: Data, huge: JSONValue, one: JSONValue
        }
        let values = try await app.send(Signature<Values>("py.values", .none)).get(timeout: limit)
        #expect(abs(values.when.timeIntervalSince1970 - 1_795_335_000.123456) < 0.000_002)
        #expect(values.price == Decimal(string: "19.99"))
        #expect(values.text == Data("plain".utf8) && values.bytes == Data([0xFF, 0x00]))
        #expect(values.huge == .bigInteger("1208925819614629174706176") && values.one == .double(1))
    }

    @Test("a result of another type is a typed error", .timeLimit(.minutes(15)))
    func wrongResult() async throws {
        let text = try await app.send(Signature<Int>("py.echo", EncodedArguments(args: ["four"])))
        let error = await #expect(throws: CeleriacError.self) { try await text.get(timeout: limit) }
        #expect(error?.code == .wrongResultType)
    }
}
