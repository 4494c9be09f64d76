import Celeriac
import CeleriacCore
import Testing

extension Interop {
    /// Chains, groups and callbacks that cross from one language to the other: Swift's worker serves `celery`, Python's
    /// `python`.
    @Suite(
        "Canvas over both", .timeLimit(.minutes(15)),
        .fleet {
            $0.pythonWorkers = [{ try PythonWorker(redis: $0, queues: ["python"], scratch: $1) }]
            $0.swiftWorkers = [{ try SwiftWorker(redis: $0, scratch: $1) }]
        })
    struct CanvasTests: Live {
        private let python10 = Step<Int, Int>("py.add", args: [10], options: CallOptions(queue: "python"))
        private let swift100 = Step<Int, Int>("swift.add", args: [100])

        private func swiftAdd(_ x: Int64, _ y: Int64) -> Signature<Int> {
            Signature("swift.add", EncodedArguments(args: [.integer(x), .integer(y)]))
        }

        private func pythonAdd(_ x: Int64, _ y: Int64) -> Signature<Int> {
            Signature(
                "py.add", EncodedArguments(args: [.integer(x), .integer(y)]), options: CallOptions(queue: "python"))
        }

        /// The value that an echo of a known id was called with.
        private func echoed(_ id: TaskID) async throws -> JSONValue {
            try await app.result(of: id, as: JSONValue.self).get(timeout: .seconds(30))
        }
    }
}

extension Interop.CanvasTests {
    @Test("a chain starts in Swift, goes on in Python and ends in Swift")
    func swiftPythonSwift() async throws {
        let result = try await app.send(chain(swiftAdd(1, 2), python10, swift100))
        #expect(try await result.get(timeout: .seconds(30)) == 113)
        #expect(try await result.parent?.get() == 13)
        #expect(try await result.parent?.parent?.get() == 3)
        #expect(try await result.parentID == result.parent?.id)
    }

    @Test("a chain starts in Python's worker, goes on in Swift and ends in Python")
    func pythonSwiftPython() async throws {
        let result = try await app.send(chain(pythonAdd(1, 2), swift100, python10, swift100))
        #expect(try await result.get(timeout: .seconds(30)) == 213)
    }

    @Test("what Python composes runs through Swift", arguments: composed)
    func composedByPython(_ check: PythonCheck) async throws { try await expect(check) }

    static let composed: [PythonCheck] = [
        PythonCheck("a chain of Python's goes through Swift tasks, and its parents are known", gives: [113, 13, 3]) {
            """
            r = (swift.add.s(1, 2) | tasks.add.s(10).set(queue='python') | swift.add.s(100)).delay()
            [r.get(timeout=30), r.parent.get(timeout=30), r.parent.parent.get(timeout=30)]
            """
        },
        PythonCheck(
            "a Swift step that fails fails the steps of Python's chain behind it", gives: ["KitchenError", "FAILURE"]
        ) {
            """
            r = (tasks.echo.s('x').set(queue='python') | swift.fail.s() | tasks.echo.s().set(queue='python')).delay()
            [raised(r)[1], r.state]
            """
        },
        PythonCheck("an immutable step of Python's ignores what Swift gives", gives: 42) {
            "(swift.add.s(1, 2) | swift.add.si(20, 22)).delay().get(timeout=30)"
        },
        PythonCheck("a link gets what Swift returned", gives: 3) {
            """
            swift.add.apply_async((1, 2), link=tasks.echo.s().set(queue='python', task_id='py-linked'))
            result('py-linked').get(timeout=30)
            """
        },
        PythonCheck("a link_error gets the id of the Swift call that failed", gives: ["bad", "bad"]) {
            """
            swift.fail.apply_async(task_id='bad', link_error=[
                tasks.echo.s().set(queue='python', task_id='py-complaint'), swift.echo.s().set(task_id='sw-complaint')])
            [result('py-complaint').get(timeout=30), result('sw-complaint').get(timeout=30)]
            """
        },
        PythonCheck("a Swift task's link is its child, as Celery shows it", gives: true) {
            """
            r = swift.add.apply_async((1, 2), link=swift.echo.s().set(task_id='sw-child'))
            result('sw-child').get(timeout=30)
            [child.id for child in r.children] == ['sw-child']
            """
        },
        PythonCheck("a group of Swift tasks gives its results in order", gives: [2, 4, 6, 8]) {
            "group(swift.add.s(n, n) for n in range(1, 5)).delay().get(timeout=30)"
        },
        PythonCheck("a chain that Swift carries on ends in a group of both", gives: [13, 23]) {
            """
            r = (swift.add.s(1, 2) | group(swift.add.s(10), tasks.add.s(20).set(queue='python'))).delay()
            r.get(timeout=30)
            """
        },
        PythonCheck("a chord of Swift tasks has its body in Python", gives: [2, 4]) {
            "chord([swift.add.s(1, 1), swift.add.s(2, 2)])(tasks.echo.s().set(queue='python')).get(timeout=30)"
        },
    ]

    @Test("a Python step that fails fails the Swift steps behind it, and Swift's errback gets its id")
    func pythonFails() async throws {
        let fail = Step<Int, Int>(
            "py.fail", options: CallOptions(id: "py-failed", queue: "python"))
        let complaint = Step<String, JSONValue>("swift.echo", options: CallOptions(id: "sw-heard"))
        let result = try await app.send(
            chain(swiftAdd(1, 2), fail, swift100, swift100).linkError(complaint))
        let failure = await #expect(throws: TaskFailure.self) { try await result.get(timeout: .seconds(30)) }
        #expect(failure?.type == "KeyError")
        #expect(try await echoed("sw-heard") == "py-failed")
    }

    @Test("callbacks of Swift's calls are called in Python, and those of Python's calls in Swift")
    func links() async throws {
        let inPython = Step<Int, JSONValue>("py.echo", options: CallOptions(id: "in-python", queue: "python"))
        let inSwift = Step<Int, JSONValue>("swift.echo", options: CallOptions(id: "in-swift"))
        try await app.send(swiftAdd(1, 2).link(inPython))
        try await app.send(pythonAdd(3, 4).link(inSwift))
        #expect(try await echoed("in-python") == 3)
        #expect(try await echoed("in-swift") == 7)
    }

    @Test("a group of both gives its outputs in order, each as it ends")
    func group() async throws {
        let result = try await app.send(
            Celeriac.group((0..<20).map { $0.isMultiple(of: 2) ? swiftAdd($0, 1) : pythonAdd($0, 1) }))
        #expect(try await result.get(timeout: .seconds(30)) == Array(1...20))
        var seen: Set<Int> = []
        for try await part in result.completions { seen.insert(try part.output()) }
        #expect(seen == Set(1...20))
        #expect(try await "\(result.progress)" == "20 of 20")
    }

    @Test("a step that runs in a child process is followed as any other")
    func childProcesses() async throws {
        let worker = try await SwiftWorker(
            "canvas-children", redis: fleet.url, queues: ["children"], pool: ["--pool", "processes"], scratch: scratch
        ).ready()
        defer { worker.process.kill() }
        let here = CallOptions(queue: "children")
        let result = try await app.send(
            chain(swiftAdd(1, 2).with(here), swift100.with(here), python10, swift100.with(here)))
        #expect(try await result.get(timeout: .seconds(30)) == 213)
    }
}
