import Celeriac
import CeleriacCanvas
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Testing

/// What a workflow comes to, beside the same canvas written by hand.
@Suite("Workflows")
struct WorkflowTests {
    private let fetch = Signature<Int>("fetch", EncodedArguments(args: ["a"]))
    private let other = Signature<Int>("fetch", EncodedArguments(args: ["b"]))
    private let count = Step<Int, Int>("count")
    private let measure = Step<Int, Int>("measure")
    private let merge = Step<[Int], String>("merge")
    private let store = Step<String, Bool>("store")
    private let log = Step<Int, Bool>("log")

    private func canvas<Output>(
        _ build: (WorkflowBuilder) throws -> WorkflowValue<Output>
    ) throws -> CanvasSignature {
        try Workflow(build).canvasSignature()
    }

    private func call(_ name: TaskName, _ args: JSONValue...) -> CanvasSignature {
        .call(name, EncodedArguments(args: args))
    }

    // MARK: What can be said

    @Test("one call is that call, and calls in a row are a chain")
    func chains() throws {
        #expect(try canvas { $0.call(fetch) } == call("fetch", "a"))
        let row = try canvas { flow in flow.step(measure, flow.step(count, flow.call(fetch))) }
        #expect(row == (try chain(fetch, count, measure).canvasSignature()))
    }

    @Test("branches that come together in a list are a chord")
    func fansIn() throws {
        let joined = try canvas { flow in
            let parts = flow.forEach(["a", "b"]) { name in
                flow.step(count, flow.call(Signature<Int>("fetch", EncodedArguments(args: [.string(name)]))))
            }
            return flow.step(store, flow.step(merge, parts))
        }
        let branches: [CanvasSignature] = ["a", "b"].map { .chain([call("fetch", .string($0)), call("count")]) }
        #expect(joined == .chain([.chord(branches, body: call("merge")), call("store")]))
    }

    @Test("a result that several calls use is computed once where they come together again")
    func fansOut() throws {
        let diamond = try canvas { flow in
            let page = flow.call(fetch)
            return flow.step(merge, flow.gather(flow.step(count, page), flow.step(measure, flow.step(count, page))))
        }
        let branches: [CanvasSignature] = [call("count"), .chain([call("count"), call("measure")])]
        #expect(diamond == .chain([call("fetch", "a"), .chord(branches, body: call("merge"))]))
    }

    @Test("diamonds within diamonds start where their branches part")
    func nests() throws {
        let join = Step<[Int], Int>("join")
        let nested = try canvas { flow in
            let page = flow.call(fetch)
            let inner = flow.step(join, flow.gather(flow.step(count, page), flow.step(measure, page)))
            let beside = flow.step(measure, flow.step(count, page))
            return flow.step(merge, flow.gather(inner, beside))
        }
        let inner = CanvasSignature.chord([call("count"), call("measure")], body: call("join"))
        let beside = CanvasSignature.chain([call("count"), call("measure")])
        #expect(nested == .chain([call("fetch", "a"), .chord([inner, beside], body: call("merge"))]))
    }

    @Test("a list of one or of none is a list all the same")
    func shortLists() throws {
        for names in [["a"], []] {
            let joined = try canvas { flow in
                flow.step(
                    merge,
                    flow.forEach(names) { flow.call(Signature<Int>("fetch", EncodedArguments(args: [.string($0)]))) })
            }
            #expect(joined == .chord(names.map { call("fetch", .string($0)) }, body: call("merge")))
        }
    }

    @Test("a call that nothing waits for is a callback of what it follows")
    func callbacks() throws {
        let logged = try canvas { flow in
            let page = flow.call(fetch)
            let words = flow.step(count, page)
            _ = flow.step(log, flow.step(measure, page))
            _ = flow.step(log, words)
            return flow.step(measure, words)
        }
        let first = call("fetch", "a").linked(to: .chain([call("measure"), call("log")]))
        #expect(logged == .chain([first, call("count").linked(to: call("log")), call("measure")]))
    }

    @Test("a step that ignores its input waits for it alone; options and stamps travel")
    func options() throws {
        let flow = Workflow { flow in
            flow.step(other.ignoringInput(), flow.call(fetch.with(CallOptions(queue: "slow"))))
        }
        let canvas = try flow.stamped(["tenant": "acme"]).canvasSignature()
        guard case .chain(let steps) = canvas.work, steps.count == 2 else {
            Issue.record("no chain of two: \(canvas)")
            return
        }
        #expect(steps[0].options.queue == "slow" && steps[1].isImmutable)
        #expect(steps.allSatisfy { $0.options.stamps == ["tenant": "acme"] })
    }

    @Test("a workflow is a part of a canvas, and can be drawn")
    func isPart() throws {
        let both = Workflow { flow in flow.step(merge, flow.gather(flow.call(fetch), flow.call(other))) }
        let longer = try chain(both, store).canvasSignature()
        let chord = CanvasSignature.chord([call("fetch", "a"), call("fetch", "b")], body: call("merge"))
        #expect(longer == .chain([chord, call("store")]))
        #expect(
            try both.graph() == """
                flowchart LR
                    n0["fetch"]
                    n1["fetch"]
                    n2["merge"]
                    n0 --> n2
                    n1 --> n2

                """)
        #expect(try both.graph(.graphviz).contains("n0 -> n2"))
    }

    // MARK: What cannot

    @Test("a result whose users do not come together in one list of their own is refused, naming them")
    func refusesPartings() throws {
        let mixed = error { flow in
            let page = flow.call(fetch)
            let parts = flow.gather(flow.step(count, page), flow.step(measure, page), flow.call(other))
            return flow.step(merge, parts)
        }
        #expect(mixed?.code == .unsupported)
        #expect(
            mixed?.message.contains(#"call 1 ("fetch") is used by call 2 ("count") and call 3 ("measure")"#) == true)
        let crossed = error { flow in
            let (first, second) = (flow.call(fetch), flow.call(other))
            let one = flow.step(merge, flow.gather(first, second))
            return flow.step(
                Step<[String], Int>("last"), flow.gather(one, flow.step(merge, flow.gather(second, first))))
        }
        #expect(crossed?.message.contains(#"call 2 ("fetch") is used by call 3"#) == true, "\(crossed?.message ?? "")")
        let itself = error { flow in
            let page = flow.call(fetch)
            return flow.step(merge, flow.gather(page, flow.step(count, page)))
        }
        #expect(itself?.message.contains("but no single list gathers") == true)
    }

    @Test("a call that takes nothing and whose result nothing uses is refused")
    func refusesLoners() throws {
        let lone = error { flow in
            _ = flow.call(other)
            return flow.step(count, flow.call(fetch))
        }
        #expect(lone?.code == .unsupported && lone?.message.contains(#"call 1 ("fetch")"#) == true)
    }

    @Test("a handle of another workflow is refused")
    func refusesStrangers() throws {
        var foreign: WorkflowValue<Int>?
        _ = Workflow { flow in
            let page = flow.call(fetch)
            foreign = page
            return page
        }
        let stranger = try #require(foreign)
        #expect(error { flow in flow.step(count, stranger) }?.message.contains("another one") == true)
        #expect(error { _ in stranger }?.code == .unsupported)
    }

    @Test("what cannot travel in a canvas is refused when the workflow is sent, nothing being sent")
    func refusesOptions() async throws {
        let store = MemoryStore(time: ManualTime())
        let app = try makeApp(store: store)
        let unique = fetch.with(CallOptions(unique: .key("a", .untilDone)))
        let sending = Workflow { flow in flow.step(count, flow.call(unique)) }
        let error = await #expect(throws: CeleriacError.self) { try await app.send(sending) }
        #expect(error?.code == .unsupported)
        #expect(try await store.counts(of: .default) == QueueCounts())
    }

    private func error<Output>(_ build: (WorkflowBuilder) throws -> WorkflowValue<Output>) -> CeleriacError? {
        #expect(throws: CeleriacError.self) { _ = try canvas(build) }
    }

    // MARK: Running

    @Test("a workflow that is a chain runs like one, callbacks included")
    func runs() async throws {
        let app = try makeApp()
        let journal = Journal<Int>()
        let add = try app.task("add") { (x: Int, y: Int) in x + y }
        let note = try app.task("note") { (x: Int) in
            journal.write(x)
            return x
        }
        let result = try await app.send(
            Workflow { flow in
                let sum = flow.call(add(1, 2))
                _ = flow.step(note.then(after: Int.self), sum)
                return flow.step(add.then(after: Int.self, 10), sum)
            })
        _ = try await drain(app)
        #expect(try await result.get() == 13)
        #expect(journal.entries == [3])
    }
}
