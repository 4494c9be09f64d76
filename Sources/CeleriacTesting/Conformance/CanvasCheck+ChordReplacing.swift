import Celeriac
import CeleriacCanvas
import CeleriacCore

/// Running tasks that change the chord of whose header they are a part, and chords that result in a list.
extension Check where Subject == any CompletionStore {
    static var chordReplacements: [CompletionStoreCheck] {
        [
            canvasCheck("a group in place of a call comes to the list of its outputs") { field, _ in
                let add = field.add
                let task = try field.app.task("canvas.spread") { (x: Int) -> [Int] in
                    let context = try require(TaskContext.current, "the context")
                    return try context.replace(with: group([add(x, 10), add(x, 20)]))
                }
                let result = try await field.app.send(task(1).link(Step<[Int], Bool>("canvas.note")))
                try await field.drain()
                try expect(await result.get(), is: [11, 21], "outputs")
                try expect(field.journal.last, is: "note [11,21]", "the callback")
            },
            canvasCheck("a call of a header that is replaced counts once, as its replacement") { field, _ in
                let add = field.add
                _ = try field.app.task("canvas.replaced") { (x: Int) -> Int in
                    let context = try require(TaskContext.current, "the context")
                    return try context.replace(with: chain(add(x, 10), add.then(after: Int.self, 100)))
                }
                let header = [CanvasField.call("canvas.replaced", 1), CanvasField.call("canvas.add", 2, 0)]
                let sent = try await field.app.send(.chord(header, body: .call("canvas.note")))
                try await field.drain()
                try expect(await sent.get(), is: true, "output of the body")
                try expect(field.journal.last, is: "note [111,2]", "the body")
                try expect(field.journal.count, is: 4, "runs")
            },
            canvasCheck("what a call adds to its chord is waited for, and in the list of the body") { field, _ in
                try field.adding(failures: 0)
                try expect(await field.outputsOfChord(), is: [1, 2, 101], "the body's list, sorted")
            },
            canvasCheck("an attempt that fails adds nothing to its chord") { field, _ in
                try field.adding(failures: 1)
                try expect(await field.outputsOfChord(), is: [1, 2, 101], "the body's list, sorted")
            },
        ]
    }
}

extension CanvasField {
    fileprivate static func call(_ task: TaskName, _ arguments: JSONValue...) -> CanvasSignature {
        .call(task, EncodedArguments(args: arguments))
    }

    /// Declares a task that adds a call to its chord, and then fails and is retried `failures` times.
    fileprivate func adding(failures: Int) throws {
        let add = add
        _ = try app.task("canvas.adding", options: TaskOptions(retry: .fixed(.zero, maxRetries: failures))) {
            (x: Int) -> Int in
            let context = try require(TaskContext.current, "the context")
            try context.addToChord(add(x, 100))
            if context.attempt <= failures { throw CanvasMishap() }
            return x
        }
    }

    /// Runs a chord with such a task in its header, and returns its outputs, sorted.
    fileprivate func outputsOfChord() async throws -> [Int] {
        _ = try app.task("canvas.list") { (values: [Int]) in values }
        let header = [Self.call("canvas.adding", 1), Self.call("canvas.add", 2, 0)]
        let sent = try await app.send(.chord(header, body: .call("canvas.list")))
        try await drain()
        return try await sent.get().arrayValue?.compactMap(\.intValue).sorted() ?? []
    }
}
