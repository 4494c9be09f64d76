import Celeriac
import CeleriacCore

/// Maps, chunks and replaced calls: what a worker runs for a canvas apart from plain calls.
extension Check where Subject == any CompletionStore {
    static var maps: [CompletionStoreCheck] {
        [
            canvasCheck("a map is one message, which runs a task for every item, in order") { field, _ in
                let result = try await field.app.send(field.add.starmap([(1, 2), (3, 4), (5, 6)]))
                try expect(await field.app.broker.counts(of: .default).ready, is: 1, "messages")
                try await field.drain()
                try expect(await result.get(), is: [3, 7, 11], "outputs")
                try expect(field.journal, is: ["1 + 2", "3 + 4", "5 + 6"], "runs")
            },
            canvasCheck("chunks are a group of maps, whose outputs are lists") { field, _ in
                let result = try await field.app.send(field.add.chunks((1...5).map { ($0, 100) }, size: 2))
                try expect(await field.app.broker.counts(of: .default).ready, is: 3, "messages")
                try await field.drain()
                try expect(await result.get(), is: [[101, 102], [103, 104], [105]], "outputs")
            },
            canvasCheck("a map is followed by the next step and by its callbacks, with the list") { field, _ in
                let count = try field.app.task("canvas.count") { (numbers: [Int]) in numbers.count }
                let map = field.add.starmap([(1, 2), (3, 4)]).link(Step<[Int], Bool>("canvas.note"))
                let result = try await field.app.send(chain(map, count.then(after: [Int].self)))
                try await field.drain()
                try expect(await result.get(), is: 2, "output")
                try expect(field.journal, is: ["1 + 2", "3 + 4", "note [3,7]"], "runs")
            },
            canvasCheck("a map that is a later step is waited for before its message is there") { field, _ in
                let map: Step<Int, [Int]> = field.add.starmap([(1, 2)]).ignoringInput()
                let result = try await field.app.send(chain(field.add(1, 1), map))
                try expect(await result.state, is: .pending, "state")
                try await field.drain()
                try expect(await result.get(), is: [3], "output")
            },
            canvasCheck("an item that fails for good fails the map, and its errback is called") { field, _ in
                let map = field.fail.map([7, 8]).linkError(Step<String, Bool>("canvas.note"))
                let result = try await field.app.send(map)
                try await field.drain()
                try expect(await result.mishap().type, is: "CanvasMishap", "failure")
                try expect(field.journal, is: ["fail 7", "note \"\(result.id)\""], "runs")
            },
            canvasCheck("a worker that dies with a map has the whole of it run again") { field, time in
                let result = try await field.app.send(field.add.starmap([(1, 2), (3, 4)]))
                try await field.dieWithNext(time)
                try await field.drain()
                try expect(await result.get(), is: [3, 7], "outputs")
            },
        ]
    }

    static var replacements: [CompletionStoreCheck] {
        [
            canvasCheck("a call that is replaced is pending again, and comes to its replacement's output") { field, _ in
                let result = try await field.app.send(field.replaced(by: { add, x in add(x, 10) })(1))
                try await field.runNext()
                try expect(await result.state, is: .pending, "state once it is replaced")
                try expect(await field.app.broker.counts(of: .default).ready, is: 1, "messages")
                async let output = AsyncResult<Int>(id: result.id, app: field.app).get()
                try await field.drain()
                try expect(await output, is: 11, "output")
                try expect(field.journal, is: ["1 + 10"], "runs")
            },
            canvasCheck("a chain that replaces a call comes to its output, and is waited for from the start") {
                field, _ in
                let task = try field.replaced { add, x in
                    chain(add(x, 10), add.then(after: Int.self, 100), add.then(after: Int.self, 1000))
                }
                let result = try await field.app.send(task(1))
                for _ in 1...3 {
                    try await field.runNext()
                    try expect(await result.state, is: .pending, "state before the last step")
                }
                try await field.drain()
                try expect(await result.get(), is: 1111, "output")
            },
            canvasCheck("what was to follow a call follows its replacement, once") { field, _ in
                let task = try field.replaced { add, x in chain(add(x, 10), add.then(after: Int.self, 100)) }
                let result = try await field.app.send(
                    chain(task(1).link(Step<Int, Bool>("canvas.note")), field.add.then(after: Int.self, 1000)))
                try await field.drain()
                try expect(await result.get(), is: 1111, "output")
                try expect(field.journal.sorted(), is: ["1 + 10", "11 + 100", "111 + 1000", "note 111"], "runs")
            },
            canvasCheck("a replacement that fails for good fails the call and the chain behind it") { field, _ in
                let fail = field.fail
                let task = try field.replaced { add, x in chain(add(x, 1), Step<Int, Int>(fail.name)) }
                let call = task(1).linkError(Step<String, Bool>("canvas.note"))
                let result = try await field.app.send(chain(call, field.add.then(after: Int.self, 9)))
                try await field.drain()
                try expect(await result.mishap().type, is: "CanvasMishap", "failure of the step behind")
                let replaced = try require(result.parent, "the replaced call")
                try expect(await replaced.mishap().type, is: "CanvasMishap", "failure of the replaced call")
                try expect(field.journal, is: ["1 + 1", "fail 2", "note \"\(replaced.id)\""], "runs")
            },
            canvasCheck("a replacement may be replaced in turn") { field, _ in
                let add = field.add
                let count = try field.app.task("canvas.down") { (x: Int) -> Int in
                    let context = try require(TaskContext.current, "the context")
                    guard x > 0 else { return try context.replace(with: add(20, 22)) }
                    return try context.replace(
                        with: Signature<Int>("canvas.down", EncodedArguments(positional: x - 1)))
                }
                let result = try await field.app.send(count(3))
                try await field.drain()
                try expect(await result.get(), is: 42, "output")
            },
            canvasCheck("a worker that dies with a replacement has it run again") { field, time in
                let result = try await field.app.send(field.replaced(by: { add, x in add(x, 10) })(1))
                try await field.runNext()
                try await field.dieWithNext(time)
                try await field.drain()
                try expect(await result.get(), is: 11, "output")
            },
        ]
    }
}

extension CanvasField {
    /// Declares a task with one number as its argument that replaces itself with a canvas.
    fileprivate func replaced<Part: CanvasPart<Int>>(
        by canvas: @escaping @Sendable (ClosureTask<Int, Int, Int>, Int) -> Part
    ) throws -> ClosureTask<Int, Int> {
        let add = add
        return try app.task("canvas.replaced") { (x: Int) in
            let context = try require(TaskContext.current, "the context")
            return try context.replace(with: canvas(add, x))
        }
    }
}
