import CeleriacCore
import Foundation
import TestKit
import Testing

extension Interop {
    /// The module that `stubs --python` writes for the Swift worker's tasks, in Python programs with stock Celery.
    @Suite(
        "Python calls Swift through stubs", .timeLimit(.minutes(15)),
        .fleet {
            $0.swiftWorkers = [{ try SwiftWorker(redis: $0, queues: ["celery"], scratch: $1) }]
        }
    )
    struct PythonStubsTests: Live {
        /// Writes the module, and runs a Python program beside it.
        ///
        /// - Returns: what the code assigns to `value`.
        func program(_ code: String) async throws -> JSONValue {
            let module = scratch.folder.appending(path: "swift_tasks.py").path
            let writer = try ChildProcess(
                "stubs", builtProgram("InteropWorker"), ["stubs", "--python", "--out", module],
                environment: ["CELERIAC_BROKER_URL": fleet.url], in: scratch.folder)
            try await writer.waitUntilGone()
            let prelude = """
                import datetime, decimal, inspect, json, typing, uuid
                from celery import Celery
                app = Celery("shop", broker="\(fleet.url)", backend="\(fleet.url)")
                app.set_default()
                import swift_tasks
                from swift_tasks import swift
                def raised(body):
                    try:
                        return repr(body())
                    except Exception as error:
                        return f"{type(error).__name__}: {error}"
                """
            let done = try await Program.run(
                Places.python, ["-W", "error::SyntaxWarning", "-c", "\(prelude)\n\(code)\nprint(json.dumps(value))"],
                environment: ["PYTHONPATH": scratch.folder.path, "PYTHONDONTWRITEBYTECODE": "1"])
            try #require(done.exit == 0, "\(done.err)")
            return try JSONValue(parsing: done.out.trimmingCharacters(in: .newlines))
        }
    }
}

extension Interop.PythonStubsTests {
    @Test("a Swift worker answers a Python program that calls by stubs", .timeLimit(.minutes(15)))
    func answers() async throws {
        let value = try await program(
            """
            results = [
                swift.add.delay(2, 2), swift.add.delay(x=20, y=22), swift.add.apply_async((1, 2), countdown=0.1),
                swift.add.apply_async([1], {"y": 5}), swift.add.s(3, 4).apply_async(), app.signature(swift.add.s(5, 6)).delay(),
            ]
            value = [result.get(timeout=20) for result in results]
            """)
        #expect(value == [4, 42, 3, 6, 7, 11])
    }

    @Test("what a stub is not given takes the Swift default", .timeLimit(.minutes(15)))
    func defaults() async throws {
        let value = try await program(
            """
            results = [swift.greet.delay("Ada"), swift.greet.delay("Ada", größe=2.5), swift.greet.delay(times=1, name="Bob")]
            value = [result.get(timeout=20) for result in results]
            """)
        #expect(value == ["hello Ada hello Ada 1.0", "hello Ada hello Ada 2.5", "hello Bob 1.0"])
    }

    @Test(
        "datetime, UUID, Decimal and bytes go through a stub and come back as what they are", .timeLimit(.minutes(15)))
    func values() async throws {
        let value = try await program(
            """
            now = datetime.datetime(2026, 11, 22, 8, 10, tzinfo=datetime.timezone.utc)
            id = uuid.UUID(int=7)
            kinds = swift.kinds.delay(now, id, decimal.Decimal("19.99"), b"plain", b"\\xff", now).get(timeout=20)
            value = [kinds["when"] == now, kinds["id"] == id, kinds["price"] == decimal.Decimal("20.99"), kinds["bytes"] == b"\\xff"]
            """)
        #expect(value == [true, true, true, true])
    }

    @Test("a stub refuses wrong arguments before anything is sent, and is no function to run", .timeLimit(.minutes(15)))
    func refuses() async throws {
        let value = try await program(
            """
            bodies = [
                lambda: swift.add.delay(1), lambda: swift.add.delay(1, 2, z=3), lambda: swift.add.apply_async((1, 2, 3)),
                lambda: swift.add(1, 2), lambda: swift.add,
            ]
            value = [raised(body) for body in bodies]
            """)
        let texts = value.arrayValue?.compactMap(\.stringValue) ?? []
        try #require(texts.count == 5)
        #expect(texts[0].hasPrefix("TypeError: ") && texts[0].hasSuffix("missing 1 required positional argument: 'y'"))
        #expect(texts[1].hasSuffix("got an unexpected keyword argument 'z'"))
        #expect(texts[2].hasPrefix("TypeError: ") && texts[2].contains("positional arguments"))
        #expect(texts[3] == "NotImplementedError: swift.add runs in Swift: send it, with .delay(...)")
        #expect(texts[4] == "<swift.add, in Swift>")
    }

    @Test("a stub's result is ignored where its Swift task says so", .timeLimit(.minutes(15)))
    func ignored() async throws {
        let value = try await program(
            """
            quiet = swift.ignored.delay(1)
            swift.add.delay(1, 1).get(timeout=20)
            value = [swift.ignored.options, app.backend.client.exists(f"celery-task-meta-{quiet.id}")]
            """)
        #expect(value == [["ignore_result": true], 0])
    }

    @Test(
        "every annotation of the module means something, and no Python worker takes a stub for a task",
        .timeLimit(.minutes(15)))
    func annotations() async throws {
        let value = try await program(
            """
            tasks = [member for member in vars(swift).values() if isinstance(member, swift_tasks._Task)]
            hints = {task.name: typing.get_type_hints(task.delay) for task in tasks}
            value = [
                len(hints) > 15, repr(hints["swift.add"]["x"]), repr(hints["swift.kinds"]["when"]),
                [name for name in app.tasks if name.startswith("swift.")],
            ]
            """)
        #expect(value == [true, "<class 'int'>", "<class 'datetime.datetime'>", []])
    }
}
