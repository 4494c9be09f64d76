import Celeriac
import CeleriacCanvas
public import CeleriacCore

extension Check where Subject == any CompletionStore {
    /// The promises of an app and its workers about chains, groups and callbacks, on a store that is both broker and
    /// result backend.
    public static var canvas: [CompletionStoreCheck] {
        chains + links + groups + sizes + maps + replacements + workflows
    }

    static func canvasCheck(
        _ name: String, _ steps: @escaping @Sendable (CanvasField, ManualTime) async throws -> Void
    ) -> CompletionStoreCheck {
        CompletionStoreCheck(name) { store, time in try await steps(CanvasField(store, time), time) }
    }

    private static var chains: [CompletionStoreCheck] {
        [
            canvasCheck("the steps of a chain run in order, each once, with the output before") { field, _ in
                let (add, app) = (field.add, field.app)
                let result = try await app.send(
                    chain(add(1, 2), add.then(after: Int.self, 10), add.then(after: Int.self, 100)))
                try await field.drain()
                try expect(await result.get(), is: 113, "output")
                try expect(field.journal, is: ["1 + 2", "3 + 10", "13 + 100"], "runs")
                try expect(await result.parent?.get(), is: 13, "output of the second step")
                try expect(await result.parent?.parent?.get(), is: 3, "output of the first step")
            },
            canvasCheck("a later step of a chain is waited for before its message is there") { field, _ in
                let (add, app) = (field.add, field.app)
                let result = try await app.send(chain(add(1, 2), add.then(after: Int.self, 10)))
                try expect(await result.state, is: .pending, "state")
                async let output = AsyncResult<Int>(id: result.id, app: app).get()
                try await field.drain()
                try expect(await output, is: 13, "output")
            },
            canvasCheck("a step that fails for good fails those behind it, which never run") { field, _ in
                let (add, app) = (field.add, field.app)
                let result = try await app.send(
                    chain(
                        add(1, 2), Step<Int, Int>("canvas.fail"), add.then(after: Int.self, 10),
                        add.then(after: Int.self, 9)))
                try await field.drain()
                try expect(await result.mishap().type, is: "CanvasMishap", "failure of the last step")
                try expect(await result.parent?.state, is: .failure, "state of the third step")
                try expect(field.journal, is: ["1 + 2", "fail 3"], "runs")
            },
            canvasCheck("an immutable step takes nothing from the one before") { field, _ in
                let (add, app) = (field.add, field.app)
                let result = try await app.send(chain(add(1, 2), add(20, 22).ignoringInput()))
                try await field.drain()
                try expect(await result.get(), is: 42, "output")
            },
            canvasCheck("a chain within a chain is part of it") { field, _ in
                let (add, app) = (field.add, field.app)
                let inner: Step<Int, Int> = add.then(after: Int.self, 10).then(add.then(after: Int.self, 100))
                let result = try await app.send(chain(add(1, 2), inner, add.then(after: Int.self, 1000)))
                try await field.drain()
                try expect(await result.get(), is: 1113, "output")
                try expect(field.journal.count, is: 4, "runs")
            },
            canvasCheck("a worker that dies with a step delays the chain, and doubles nothing behind it") {
                field, time in
                let (add, app) = (field.add, field.app)
                let result = try await app.send(
                    chain(add(1, 2), add.then(after: Int.self, 10), add.then(after: Int.self, 100)))
                try await field.dieWithNext(time)
                try await field.drain()
                try expect(await result.get(), is: 113, "output")
                try expect(field.journal, is: ["1 + 2", "3 + 10", "13 + 100"], "runs")
            },
        ]
    }

    private static var links: [CompletionStoreCheck] {
        [
            canvasCheck("a call that succeeds calls its callbacks with its output, and no errback") { field, _ in
                let note = Step<Int, Bool>("canvas.note")
                let call = field.add(1, 2).link(note).link(field.note("fixed").ignoringInput())
                let result = try await field.app.send(call.linkError(Step<String, Bool>("canvas.note")))
                try await field.drain()
                try expect(await result.get(), is: 3, "output")
                try expect(field.journal.sorted(), is: ["1 + 2", #"note "fixed""#, "note 3"], "runs")
            },
            canvasCheck("a call that fails for good calls its errbacks with its id, and no callback") { field, _ in
                let call = field.fail(1).link(Step<Int, Bool>("canvas.note"))
                let result = try await field.app.send(call.linkError(Step<String, Bool>("canvas.note")))
                try await field.drain()
                try expect(await result.mishap().type, is: "CanvasMishap", "failure")
                try expect(field.journal, is: ["fail 1", "note \"\(result.id)\""], "runs")
            },
            canvasCheck("the errback of a chain is called once, for the step that failed") { field, _ in
                let (add, app) = (field.add, field.app)
                let steps = chain(add(1, 2), Step<Int, Int>("canvas.fail"), add.then(after: Int.self, 10))
                let result = try await app.send(steps.linkError(Step<String, Bool>("canvas.note")))
                try await field.drain()
                let failed = try require(result.parent?.id, "the id of the second step")
                try expect(field.journal, is: ["1 + 2", "fail 3", "note \"\(failed)\""], "runs")
            },
            canvasCheck("the callback of a chain gets the output of its last step, once") { field, _ in
                let (add, app) = (field.add, field.app)
                try await app.send(chain(add(1, 2), add.then(after: Int.self, 10)).link(Step<Int, Bool>("canvas.note")))
                try await field.drain()
                try expect(field.journal, is: ["1 + 2", "3 + 10", "note 13"], "runs")
            },
        ]
    }

    private static var groups: [CompletionStoreCheck] {
        [
            canvasCheck("a group's outputs come in its order") { field, _ in
                let result = try await field.app.send(group((1...20).map { field.add($0, 100 * $0) }))
                try expect(await "\(result.progress)", is: "0 of 20", "progress")
                try await field.drain()
                try expect(await result.get(), is: (1...20).map { 101 * $0 }, "outputs")
                try expect(await result.completedCount, is: 20, "completed")
            },
            canvasCheck("a group may hold chains") { field, _ in
                let add = field.add
                let result = try await field.app.send(
                    group((1...3).map { chain(add($0, 1), add.then(after: Int.self, 10)) }))
                try await field.drain()
                try expect(await result.get(), is: [12, 13, 14], "outputs")
            },
            canvasCheck("a group with a member that fails tells of it, and runs the others") { field, _ in
                let result = try await field.app.send(
                    group(field.add(1, 1), field.fail(2), field.add(3, 3)).linkError(Step<String, Bool>("canvas.note")))
                try await field.drain()
                try expect(await result.results[1].mishap().type, is: "CanvasMishap", "failure")
                let progress = try await result.progress
                try expect([progress.succeeded, progress.failed], is: [2, 1], "succeeded and failed")
                try expect(field.journal.last, is: "note \"\(result.results[1].id)\"", "the errback")
            },
            canvasCheck("a chain that ends in a group gives every member the output before") { field, _ in
                let canvas = CanvasSignature.chain([
                    .call("canvas.add", EncodedArguments(args: [1, 2])),
                    .group([
                        .call("canvas.add", EncodedArguments(args: [10])),
                        .call("canvas.add", EncodedArguments(args: [20])),
                    ]),
                ])
                let sent = try await field.app.send(canvas)
                try await field.drain()
                try expect(await sent.get(), is: [13, 23], "outputs")
            },
        ]
    }
}
