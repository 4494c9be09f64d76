import CeleriacClient
import Celeriac
import CeleriacCore
import Foundation
import Testing

@testable import CeleriacCLI

@Suite("celeriac stubs")
struct StubsCommandTests {
    // MARK: The command

    @Test("stubs write a module for the program's tasks, the same each time")
    func writes() async throws {
        let line = try CommandLineUnderTest()
        let outcome = await line.run("stubs", "--python")
        #expect(outcome.exit == 0 && outcome.err.isEmpty)
        #expect(outcome.out.hasPrefix("# Written by: test stubs --python\n# Do not edit"))
        #expect(outcome.out.contains("class tasks:\n    add = _tasks__add()\n    echo = _tasks__echo()\n"))
        #expect(await line.run("stubs", "--python").out == outcome.out)
    }

    @Test("stubs written to a file can be checked against it")
    func checks() async throws {
        let line = try CommandLineUnderTest()
        let file = FileManager.default.temporaryDirectory.appending(path: "stubs-\(UUID().uuidString).py").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(await line.run("stubs", "--python", "--out", file, "--check").exit == 1)
        let written = await line.run("stubs", "--python", "--out", file)
        #expect(written.exit == 0 && written.err == "3 tasks written to \(file)\n" && written.out.isEmpty)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("stubs --python --out \(file)\n"))
        #expect(await line.run("stubs", "--python", "--out", file, "--check").exit == 0)
        try "x".write(toFile: file, atomically: true, encoding: .utf8)
        let outdated = await line.run("stubs", "--python", "--out", file, "--check")
        #expect(outdated.exit == 1 && outdated.err.contains("write it again"))
    }

    @Test("stubs call through the Celery app that is named")
    func celeryApp() async throws {
        let line = try CommandLineUnderTest()
        let named = await line.run("stubs", "--python", "--celery-app", "shop.worker:celery")
        #expect(named.out.contains("\nfrom shop.worker import celery as _app\n"))
        #expect(named.out.contains("--celery-app shop.worker:celery\n"))
        #expect(await line.run("stubs", "--python", "--celery-app", "os; import sys").exit == 64)
    }

    @Test(
        "stubs need a language, and a file to check",
        arguments: [["stubs"], ["stubs", "--python", "--json"], ["stubs", "--python", "--check"]])
    func usage(arguments: [String]) async throws {
        #expect(await (try CommandLineUnderTest()).run(arguments).exit == 64)
    }

    @Test("stubs as JSON say what each task takes and gives")
    func json() async throws {
        let outcome = await (try CommandLineUnderTest()).run("stubs", "--json")
        let add = try outcome.json[0]
        #expect(add?["name"] == "tasks.add" && add?["result"] == "Swift.Int" && add?["queue"] == "celery")
        #expect(add?["parameters"]?[1]?["type"] == "Int" && add?["parameters"]?[1]?["has_default"] == false)
    }

    // MARK: The module

    @Test("a task is a class with its parameters, types, defaults and result")
    func task() {
        let text = PythonModule(
            tasks: [
                TaskDescription(
                    name: "mail.send",
                    options: TaskOptions(queue: "mail", priority: .high, expires: .minutes(10)),
                    parameters: [
                        TaskParameter("address", label: nil, type: "String", position: 0, hasDefault: false),
                        TaskParameter("copies", label: "times", type: "Int", position: nil, hasDefault: true),
                        TaskParameter("from", label: "from", type: "UUID?", position: nil, hasDefault: false),
                    ],
                    output: "Swift.Array<Foundation.Date>", queue: "mail")
            ], program: "shop", command: "shop stubs --python", celeryApp: nil
        ).text
        #expect(
            text.hasSuffix(
                #"""
                class _mail__send(_Task[list[datetime.datetime]]):
                    """mail.send(_ address: String, times copies: Int = …, from: UUID?), in Swift."""

                    name = "mail.send"
                    options = {"queue": "mail", "priority": 2, "expires": 600.0}

                    def s(self, address: str, copies: int = _DEFAULT, *, from_: uuid.UUID | None) -> Signature:
                        return self._call(*_given({"address": address, "copies": copies, "from": from_}, 1))

                    def delay(self, address: str, copies: int = _DEFAULT, *, from_: uuid.UUID | None) -> _Result[list[datetime.datetime]]:
                        return self._sent(self.s(address=address, copies=copies, from_=from_))


                class mail:
                    send = _mail__send()

                """#))
    }

    @Test("tasks without known parameters take any, nameless ones take them by position only")
    func looseParameters() {
        let text = module([
            TaskDescription(name: "a.any", parameters: nil, output: "()"),
            TaskDescription(
                name: "a.two",
                parameters: ["0", "1"].enumerated().map { place, name in
                    TaskParameter(name, label: nil, type: "Int", position: place, hasDefault: false)
                }, output: "Swift.Int"),
        ])
        #expect(text.contains("def delay(self, *args: Any, **kwargs: Any) -> _Result[None]:\n"))
        #expect(text.contains("return self._call(args, kwargs)\n"))
        #expect(text.contains("def delay(self, arg0: int, arg1: int, /) -> _Result[int]:\n"))
        #expect(text.contains("return self._sent(self.s(arg0, arg1))\n"))
    }

    @Test("a route of the app, an exchange and an ignored result travel with the stub's calls")
    func options() {
        let text = module([
            TaskDescription(
                name: "a", options: TaskOptions(ignoreResult: true), parameters: [], output: "Swift.Int", queue: "feeds"
            ),
            TaskDescription(
                name: "b", parameters: [], output: "Swift.Int",
                route: ExchangeRoute(exchange: "news", routingKey: "news.\"eu\"")),
        ])
        #expect(text.contains(#"options = {"queue": "feeds", "ignore_result": True}"#))
        #expect(text.contains("class _a(_Task[None]):"))
        #expect(text.contains(#"options = {"exchange": "news", "routing_key": "news.\"eu\""}"#))
    }

    @Test("dotted names are paths, and what Python cannot write is written otherwise")
    func places() {
        let names: [TaskName] = [
            "x.list", "int", "a", "a.b", "a.delay", "x.y.z", "class.def", "send-mail", "send_mail", "größe", "9", "",
            "x.__init",
        ]
        let text = module(names.map { TaskDescription(name: $0, parameters: [], output: "()") })
        let roots = text.components(separatedBy: "\n\n\n").suffix(9).joined(separator: "\n")
        #expect(
            roots == """
                _ = __()
                _9 = _9_()
                a = _a()
                class class_:
                    def_ = _class___def_()
                größe = _größe()
                int_ = _int_()
                send_mail = _send_mail()
                send_mail_ = _send_mail_()
                class x:
                    _init = _x___init()
                    list = _x__list()
                    class y:
                        z = _x__y__z()

                """)
        #expect(text.contains("    b = _a__b()\n    delay_ = _a__delay_()\n"))
    }

    private func module(_ tasks: [TaskDescription]) -> String {
        PythonModule(tasks: tasks, program: "p", command: "p stubs --python", celeryApp: nil).text
    }

    // MARK: Types

    @Test(
        "a Swift type is annotated as what JSON makes of it",
        arguments: [
            ("Int", "int"), ("UInt8", "int"), ("Double", "float"), ("String", "str"), ("Bool", "bool"),
            ("[Int]", "list[int]"), ("[String: Double]", "dict[str, float]"),
            ("[ String : [Int?] ]?", "dict[str, list[int | None]] | None"),
            ("Int??", "int | None"), ("Int!", "int | None"), ("(Int)", "int"), ("(Int?)?", "int | None"),
            ("Void", "None"),
            ("()", "None"), ("Date", "datetime.datetime"), ("Foundation.UUID", "uuid.UUID"),
            ("Decimal", "decimal.Decimal"),
            ("Data?", "bytes | None"), ("Set<String>", "list[str]"), ("Swift::Array<Int>", "list[int]"),
            ("Optional<Dictionary<String, Int>>", "dict[str, int] | None"),
            ("Swift.Dictionary<Swift.String, Swift.Optional<Foundation.Date>>", "dict[str, datetime.datetime | None]"),
            ("[Int: Int]", "Any"), ("Point", "Any"), ("Point?", "Any"), ("[Shop.Point]", "list[Any]"),
            ("Shop.Date", "Any"),
            ("JSONValue", "Any"), ("Result<Int, Never>", "Any"), ("[[Int]: Int]", "Any"), ("", "Any"), ("[", "Any"),
        ])
    func types(swift: String, python: String) {
        #expect(PythonType.annotation(SwiftTypeText(swift)) == python)
    }

    @Test("what Foundation's types reflect as is known")
    func reflected() {
        let types: [(Any.Type, String)] = [
            (Int.self, "int"), ([String: [Double]?].self, "dict[str, list[float] | None]"),
            (Date.self, "datetime.datetime"),
            (UUID.self, "uuid.UUID"), (Decimal.self, "decimal.Decimal"), (Data.self, "bytes"), (Void.self, "None"),
            (JSONValue.self, "Any"), (Set<Int>.self, "list[int]"),
        ]
        for (type, python) in types {
            #expect(PythonType.annotation(SwiftTypeText(String(reflecting: type))) == python)
        }
    }
}
