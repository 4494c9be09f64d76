import Celeriac
import CeleriacCore

extension Check where Subject == any CompletionStore {
    /// The promises about a workflow as a whole: it can be revoked, forgotten, followed, and found by its stamps.
    static var workflows: [CompletionStoreCheck] { revoking + following + stamping + joining }

    private static var revoking: [CompletionStoreCheck] {
        [
            canvasCheck("a step that is revoked before it is a message never runs") { field, _ in
                let (add, app) = (field.add, field.app)
                let result = try await app.send(chain(add(1, 2), add.then(after: Int.self, 10)))
                try await result.revoke()
                try await field.drain()
                try expect(field.journal, is: ["1 + 2"], "runs")
                try expect(await result.state, is: .revoked, "state")
                try expect(await result.parent?.state, is: .success, "state of the first step")
            },
            canvasCheck("a workflow that is revoked as a whole never starts") { field, _ in
                let (add, app) = (field.add, field.app)
                let parts = (1...3).map { chain(add($0, 1), add.then(after: Int.self, 10)) }
                let result = try await app.send(group(parts).linkError(Step<String, Bool>("canvas.note")))
                try await result.revokeAll()
                try await field.drain()
                try expect(field.journal, is: [], "runs")
                for part in result.results { try expect(await part.parent?.state, is: .revoked, "state") }
            },
            canvasCheck("a workflow that has begun is revoked with what its calls have sent") { field, _ in
                let (add, app) = (field.add, field.app)
                let note = Step<Int, Bool>("canvas.note")
                let result = try await app.send(chain(add(1, 2).link(note), add.then(after: Int.self, 10)))
                let first = try require(result.parent, "the first step")
                try await field.runNext()
                try await first.revokeAll()
                try await field.drain()
                try expect(field.journal, is: ["1 + 2"], "runs")
                try expect(await result.state, is: .revoked, "state")
                try expect(await first.state, is: .success, "state of the first step")
            },
        ]
    }

    private static var following: [CompletionStoreCheck] {
        [
            canvasCheck("what a call has led to is collected, each call once, failures among it") { field, _ in
                let (add, app) = (field.add, field.app)
                let result = try await app.send(
                    chain(add(1, 2).link(Step<Int, Bool>("canvas.note")), Step<Int, Int>("canvas.fail")))
                let first = try require(result.parent, "the first step")
                async let walk = first.collect().reduce(into: [CollectedResult]()) { $0.append($1) }
                try await field.drain()
                let calls = try await walk
                try expect(
                    calls.map(\.state).sorted { $0.rawValue < $1.rawValue },
                    is: [.failure, .success, .success], "states")
                try expect(calls[0].id == first.id && calls[0].sender == nil, "the first is not where it began")
                try expect(calls.dropFirst().map(\.sender), is: [first.id, first.id], "senders")
                try expect(calls.first { $0.id == result.id }?.state, is: .failure, "state of the second step")
            },
            canvasCheck("a workflow is drawn by its tasks and states, and forgotten as a whole") { field, _ in
                let (add, app) = (field.add, field.app)
                let result = try await app.send(
                    chain(add(1, 2).link(Step<Int, Bool>("canvas.note")), add.then(after: Int.self, 10)))
                try expect(await result.graph().contains("PENDING"), "nothing is drawn as waiting")
                try await field.drain()
                let drawing = try await result.graph()
                try expect(drawing.components(of: "SUCCESS"), is: 3, "calls that have succeeded")
                try expect(drawing.components(of: "-->"), is: 2, "arrows")
                try expect(drawing.contains("canvas.note"), "the callback is not drawn")
                let note = try require(await result.parent?.children.map(\.id).first { $0 != result.id }, "callback")
                try await result.forgetAll()
                for id in [result.id, note] {
                    try expect(await AsyncResult<JSONValue>(id: id, app: app).value, is: nil, "output")
                }
            },
        ]
    }

    private static var joining: [CompletionStoreCheck] {
        [
            canvasCheck("a workflow runs each call once, branches and their meeting included") { field, _ in
                let (add, sum) = (field.add, field.sum)
                let workflow = Workflow { flow in
                    let parts = flow.forEach([10, 20]) { start in
                        let first = flow.call(add(start, 1))
                        let (one, other) = (
                            flow.step(add.then(after: Int.self, 2), first),
                            flow.step(add.then(after: Int.self, 3), first)
                        )
                        return flow.step(sum.then(after: [Int].self), flow.gather(one, other))
                    }
                    return flow.step(add.then(after: Int.self, 1000), flow.step(sum.then(after: [Int].self), parts))
                }
                let result = try await field.app.send(workflow)
                try await field.drain()
                // 11 + 2 + 11 + 3, 21 + 2 + 21 + 3
                try expect(await result.get(), is: 1074, "output")
                try expect(field.journal.count, is: 10, "runs")
                try expect(Set(field.journal).count, is: 10, "different runs")
            },
            canvasCheck(
                "the header of a chord keeps the stamps of the group that it was"
            ) { field, _ in
                let tell = try field.app.task("canvas.tell") { (_: Int) in
                    JSONValue.object(TaskContext.current?.stamps ?? [:])
                }
                let both = group([1, 2].map { tell($0) }).stamped(["tenant": "acme"]).then(
                    Step<[JSONValue], [JSONValue]>("canvas.list"))
                _ = try field.app.task("canvas.list") { (list: [JSONValue]) in list }
                let result = try await field.app.send(both.stamped(["batch": 1]))
                try await field.drain()
                let stamps: JSONValue = ["tenant": "acme", "batch": 1]
                try expect(await result.get(), is: [stamps, stamps], "stamps of the header")
            },
        ]
    }

    private static var stamping: [CompletionStoreCheck] {
        [
            canvasCheck("stamps are on each call of a workflow, its callbacks, and what its tasks send") { field, _ in
                let app = field.app
                let tell = try app.task("canvas.tell") { (_: JSONValue) in
                    JSONValue.object(TaskContext.current?.stamps ?? [:])
                }
                let sender = try app.task("canvas.send") { (value: JSONValue) in
                    try await app.send(tell(value)).id.rawValue
                }
                let steps = chain(tell(1), sender.then(after: JSONValue.self)).link(
                    Step<String, JSONValue>("canvas.tell"))
                let result = try await app.send(
                    steps.stamped(["tenant": "acme"]).stamped(["tenant": "x"], appending: true))
                try await field.drain()
                let stamps: JSONValue = ["tenant": ["x", "acme"]]
                try expect(await result.parent?.get(), is: stamps, "stamps of the first step")
                let children = try await result.children.map(\.id)
                try expect(children.count, is: 2, "children of the second step")
                for id in children {
                    try expect(await AsyncResult<JSONValue>(id: id, app: app).get(), is: stamps, "stamps")
                }
            }
        ]
    }
}

extension String {
    /// Counts the occurrences of a text.
    fileprivate func components(of text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }
}
