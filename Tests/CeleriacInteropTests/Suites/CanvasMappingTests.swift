import Celeriac
import CeleriacCanvas
import CeleriacCore
import Testing

@RemoteTask("py.add", queue: "python") private func pyAdd(_ x: Int, _ y: Int) async throws -> Int
@RemoteTask("py.echo", queue: "python") private func pyEcho(_ value: Int) async throws -> Int

extension Interop {
    /// Maps and replacements that cross from one language to the other: Swift's worker serves `celery`, Python's `python`.
    @Suite(
        "Maps over both", .timeLimit(.minutes(15)),
        .fleet {
            $0.pythonWorkers = [{ try PythonWorker(redis: $0, queues: ["python"], scratch: $1) }]
            $0.swiftWorkers = [{ try SwiftWorker(redis: $0, scratch: $1) }]
        })
    struct CanvasMappingTests: Live {}
}

extension Interop.CanvasMappingTests {
    @Test("what Python maps runs in Swift", arguments: mapped)
    func mappedByPython(_ check: PythonCheck) async throws { try await expect(check) }

    static let mapped: [PythonCheck] = [
        PythonCheck("a map of a Swift task gives its results in order", gives: [1, 2, 3]) {
            "swift.echo.map([1, 2, 3]).delay().get(timeout=30)"
        },
        PythonCheck("a starmap of a Swift task gives its results in order", gives: [3, 7]) {
            "swift.add.starmap([(1, 2), (3, 4)]).delay().get(timeout=30)"
        },
        PythonCheck("chunks of a Swift task give lists of results", gives: [[2, 4], [6]]) {
            "swift.add.chunks([(1, 1), (2, 2), (3, 3)], 2).apply_async().get(timeout=30)"
        },
        PythonCheck("a map of a Swift task has a Python step behind it", gives: [1, 2]) {
            "(swift.echo.map([1, 2]) | tasks.echo.s().set(queue='python')).delay().get(timeout=30)"
        },
        PythonCheck("a Swift item that fails is the failure of Python's map", gives: ["KitchenError", "eggs"]) {
            "raised(swift.fail.map(['eggs', 'milk']).delay())[1:]"
        },
        PythonCheck("a map of a task that Swift does not have says so", gives: "NotRegistered") {
            "raised(celery.xmap(app.signature('swift.nobody'), [1], app=app).apply_async())[1]"
        },
        PythonCheck(
            "a Swift call that is replaced by a Python one has its result, under the same id", gives: [5, true]
        ) {
            """
            r = swift.delegate.delay('py.add', [2, 3], queue='python')
            [r.get(timeout=30), r.id == result(r.id).id]
            """
        },
        PythonCheck("a Python call that is replaced by a Swift one has its result", gives: 5) {
            "tasks.delegate.apply_async((swift.add.s(2, 3).set(queue='celery'),), queue='python').get(timeout=30)"
        },
        PythonCheck("the chain behind a Swift call waits for its replacement in Python", gives: 15) {
            "(swift.delegate.s('py.add', [2, 3], queue='python') | swift.add.s(10)).delay().get(timeout=30)"
        },
        PythonCheck("Celery's own tasks are there, and listed where they are asked for", gives: [.null, true]) {
            """
            done = app.send_task('celery.backend_cleanup').get(timeout=30)
            nodes = app.control.inspect()._request('registered', builtins=True).values()
            wanted = {'celery.accumulate', 'celery.map', 'celery.starmap', 'celery.chunks'}
            [done, len(nodes) == 2 and all(wanted <= {line.split(' ')[0] for line in lines} for lines in nodes)]
            """
        },
    ]

    @Test("what Swift maps runs in Python")
    func mappedBySwift() async throws {
        #expect(try await app.send($pyEcho.map([1, 2, 3])).get(timeout: .seconds(30)) == [1, 2, 3])
        #expect(try await app.send($pyAdd.starmap([(1, 2), (3, 4)])).get(timeout: .seconds(30)) == [3, 7])
        let parts = try await app.send($pyAdd.chunks((1...5).map { ($0, $0) }, size: 2))
        #expect(try await parts.get(timeout: .seconds(30)) == [[2, 4], [6, 8], [10]])
    }

    @Test("a step of Swift's gets the list of a map in Python")
    func chained() async throws {
        let echo = Step<[Int], JSONValue>("swift.echo")
        let result = try await app.send(chain($pyAdd.starmap([(1, 2), (3, 4)]), echo))
        #expect(try await result.get(timeout: .seconds(30)) == [3, 7])
    }

    @Test("a map runs in a child process as any other call")
    func childProcesses() async throws {
        let worker = try await SwiftWorker(
            "maps-children", redis: fleet.url, queues: ["mapped"], pool: ["--pool", "processes"], scratch: scratch
        ).ready()
        defer { worker.process.kill() }
        let map = CanvasSignature(
            .map(.call("swift.add"), items: Array("[[1, 2], [3, 4]]".utf8), isStarred: true),
            options: CanvasOptions(values: ["queue": "mapped"]), isImmutable: true)
        #expect(try await app.send(map).get(timeout: .seconds(30)) == [3, 7])
    }
}
