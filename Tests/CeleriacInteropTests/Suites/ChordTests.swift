import Celeriac
import CeleriacCanvas
import CeleriacCore
import Testing

extension Interop {
    /// Chords whose parts and bodies run in Python and in Swift: Swift's worker serves `celery`, Python's `python`.
    @Suite(
        "Chords over both", .timeLimit(.minutes(15)),
        .fleet {
            $0.pythonWorkers = [{ try PythonWorker(redis: $0, concurrency: 4, queues: ["python"], scratch: $1) }]
            $0.swiftWorkers = [{ try SwiftWorker(redis: $0, scratch: $1) }]
        })
    struct ChordTests: Live {
        func swiftAdd(_ x: Int64, _ y: Int64) -> Signature<Int> {
            Signature("swift.add", EncodedArguments(args: [.integer(x), .integer(y)]))
        }

        func pythonAdd(_ x: Int64, _ y: Int64) -> Signature<Int> {
            Signature(
                "py.add", EncodedArguments(args: [.integer(x), .integer(y)]), options: CallOptions(queue: "python"))
        }

        /// Gives the list that it is called with.
        func body(in side: Side, id: TaskID? = nil) -> Step<[Int], [Int]> {
            switch side {
            case .python: Step("py.echo", options: CallOptions(id: id, queue: "python"))
            case .swift: Step("swift.echo", options: CallOptions(id: id))
            }
        }
    }

    /// Who runs a call.
    enum Side: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case python = "Python"
        case swift = "Swift"

        var testDescription: String { rawValue }
        /// Python's word for a choice by it.
        var code: String { "'\(rawValue)'" }
    }
}

extension Interop.ChordTests {
    @Test("a chord that Swift sends has parts in both, and its body in either", arguments: Interop.Side.allCases)
    func sentBySwift(bodyIn side: Interop.Side) async throws {
        let id = TaskID("chord-by-swift-\(side)")
        let header = (0..<20).map { $0.isMultiple(of: 2) ? swiftAdd($0, 0) : pythonAdd($0, 0) }
        let result = try await app.send(chord(header, then: body(in: side, id: id)))
        #expect(try await result.get(timeout: .seconds(30)) == Array(0..<20))
        #expect(try await "\(#require(result.header).progress)" == "20 of 20")
        #expect(try await python("result('\(id)').get(timeout=30)") == .array((0..<20).map { .integer($0) }))
    }

    @Test("what Python composes runs in both", arguments: composed)
    func composedByPython(_ check: PythonCheck) async throws { try await expect(check) }

    static let composed: [PythonCheck] = [
        PythonCheck("a chord has parts in both, and its body in Python", gives: [0, 1, 2, 3, 4, 5]) {
            """
            parts = [swift.add.s(n, 0) if n % 2 else tasks.add.s(n, 0).set(queue='python') for n in range(6)]
            chord(parts)(tasks.echo.s().set(queue='python')).get(timeout=30)
            """
        },
        PythonCheck(
            "a chord has parts in both, and its body in Swift; its header is known as a group",
            gives: [[0, 1, 2, 3, 4, 5], 6, [0, 1, 2, 3, 4, 5]]
        ) {
            """
            parts = [swift.add.s(n, 0) if n % 2 else tasks.add.s(n, 0).set(queue='python') for n in range(6)]
            r = chord(parts)(swift.echo.s())
            [r.get(timeout=30), r.parent.completed_count(), r.parent.get(timeout=30)]
            """
        },
        PythonCheck("values that kombu tags pass through both") {
            """
            values = [Decimal('19.99'), uuid.UUID(int=7), 2**80, 'größe', None, 1.0]
            echoes = [(swift if n % 2 else tasks).echo.s(v) for n, v in enumerate(values)]
            parts = [e if n % 2 else e.set(queue='python') for n, e in enumerate(echoes)]
            came = [chord(parts)(body).get(timeout=30) for body in (swift.echo.s(), tasks.echo.s().set(queue='python'))]
            all(in_order(c) == in_order(values) for c in came) or came
            """
        },
        PythonCheck("the last part launches the body: in Python one that Swift ended, in Swift one that Python ended") {
            """
            def launched(first, last, gate):
                r = chord([first, last])(tasks.request.s().set(queue='python'))
                r.parent[0].get(timeout=30)
                open(gate, 'w').close()
                seen = r.get(timeout=30)
                return seen['parent_id'] == r.parent[1].id and seen['root_id'] in (r.parent[0].id, r.parent[1].id)
            one, two = scratch('last-in-swift'), scratch('last-in-python')
            [launched(tasks.add.s(1, 1).set(queue='python'), swift.hold.s(one), one),
             launched(swift.add.s(1, 1), tasks.hold.s(two).set(queue='python'), two)] == [True, True]
            """
        },
        PythonCheck("chunks of both have a body in the other", gives: [[[2, 4], [6]], [[2, 4], [6]]]) {
            """
            items = [(1, 1), (2, 2), (3, 3)]
            inSwift = swift.add.chunks(items, 2).group() | tasks.echo.s().set(queue='python')
            inPython = group(s.set(queue='python') for s in tasks.add.chunks(items, 2).group().tasks) | swift.echo.s()
            [inSwift.delay().get(timeout=30), inPython.delay().get(timeout=30)]
            """
        },
        PythonCheck("a part may be a map of either", gives: [[1, 2], [3, 7]]) {
            """
            chord([swift.echo.map([1, 2]), tasks.add.starmap([(1, 2), (3, 4)]).set(queue='python')])(
                swift.echo.s()).get(timeout=30)
            """
        },
        PythonCheck("parts that are replaced by a call in the other are counted once", gives: [[5, 9], [5, 9]]) {
            """
            parts = [tasks.delegate.s(swift.add.s(2, 3).set(queue='celery')).set(queue='python'),
                     swift.delegate.s('py.add', [4, 5], queue='python')]
            [chord(parts)(body).get(timeout=30) for body in (swift.echo.s(), tasks.echo.s().set(queue='python'))]
            """
        },
        PythonCheck(
            "a part in Python that is replaced by a chord of Swift's gives that one's output", gives: [[1, 2], 9]
        ) {
            """
            inner = chord([swift.add.s(1, 0), swift.add.s(2, 0)], swift.echo.s()).set(queue='celery')
            chord([tasks.delegate.s(inner).set(queue='python'), swift.add.s(4, 5)])(swift.echo.s()).get(timeout=30)
            """
        },
        PythonCheck("a part adds a call in the other to its chord", gives: [[1, 3, 5], [1, 3, 5]]) {
            """
            inPython = tasks.extend.s(1, swift.add.s(2, 3).set(queue='celery')).set(queue='python')
            inSwift = swift.extend.s(1, 'py.add', [2, 3], queue='python')
            [sorted(chord([part, swift.add.s(1, 2)])(tasks.echo.s().set(queue='python')).get(timeout=30))
             for part in (inPython, inSwift)]
            """
        },
        PythonCheck(
            "parts that are tried again, wait, or keep no result are counted once",
            gives: [[3, 2, 2, 5, 5], [3, 2, 2, 5, 5]]
        ) {
            """
            parts = [swift.flaky.s(failures=2), tasks.retry.s(2).set(queue='python'),
                     swift.add.s(1, 1).set(countdown=0.2), swift.ignored.s(5), tasks.ignored.s(5).set(queue='python')]
            [chord(parts)(body).get(timeout=30) for body in (swift.echo.s(), tasks.echo.s().set(queue='python'))]
            """
        },
        PythonCheck(
            "a body has arguments of its own, or takes none from the header", gives: [["[2, 4]", "'own'", "k=1"], 42]
        ) {
            """
            parts = [swift.add.s(1, 1), tasks.add.s(2, 2).set(queue='python')]
            own = app.signature('py.repr', args=('own',), kwargs={'k': 1}, queue='python')
            [chord(parts)(own).get(timeout=30), chord(parts)(swift.add.si(20, 22)).get(timeout=30)]
            """
        },
        PythonCheck("a group of both is saved and restored", gives: [[2, 4], 2]) {
            """
            r = group(swift.add.s(1, 1), tasks.add.s(2, 2).set(queue='python')).delay()
            r.save()
            again = GroupResult.restore(r.id, app=app)
            [again.get(timeout=30), again.completed_count()]
            """
        },
    ]

    @Test("the header of a nested chord that Swift sent is restored in Python, as it is nested")
    func restored() async throws {
        func add(_ x: JSONValue...) -> CanvasSignature { .call("swift.add", EncodedArguments(args: x)) }
        let body = CanvasSignature.call("py.echo", options: CanvasOptions(values: ["queue": "python"]))
        let sent = try await app.send(
            .chord([.chain([add(1, 1), .group([add(10), add(20)])]), add(3, 4)], body: body))
        #expect(try await sent.get(timeout: .seconds(30)) == [[12, 22], 7])
        let id = try #require(sent.result?.header?.id)
        #expect(
            try await python("GroupResult.restore('\(id)', app=app).get(timeout=30)") == [[12, 22], 7])
    }
}
