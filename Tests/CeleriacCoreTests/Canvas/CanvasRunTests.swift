import CeleriacCanvas
import CeleriacCore
import Testing

/// Canvases run to their ends, step by step as workers would, with a task that adds its arguments.
@Suite("Canvases run to their ends")
struct CanvasRunTests {
    struct Example: CustomTestStringConvertible {
        let testDescription: String
        let canvas: CanvasSignature
        let result: Int

        init(_ name: String, _ canvas: CanvasSignature, _ result: Int) {
            testDescription = name
            self.canvas = canvas
            self.result = result
        }
    }

    private static func add(_ number: Int64) -> CanvasSignature { Sample.call("add", .integer(number)) }
    private static let sum = Sample.call("sum")

    static let examples: [Example] = [
        Example("chain", .chain([add(1), add(2), add(3)]), 6),
        Example("immutable step", .chain([add(1), add(2).immutable(), add(3)]), 5),
        Example("chain in chain", .chain([add(1), .chain([add(2), .chain([add(3)])]), add(4)]), 10),
        Example("chord", .chord([add(1), add(2)], body: sum), 3),
        Example("chord of none", .chord([], body: .chain([add(5), add(1)])), 6),
        Example("chord with a chain for body", .chord([add(1), add(2)], body: .chain([sum, add(10), add(20)])), 33),
        Example("group in a chain", .chain([add(1), .group([add(10), add(20)]), sum, add(5)]), 37),
        Example("group of one in a chain", .chain([add(1), .group([add(10)]), add(5)]), 16),
        Example("empty group in a chain", .chain([.group([]), add(1), .group([]), add(5)]), 6),
        Example("group after group", .chain([.group([add(1), add(2)]), .group([add(10), add(20)]), sum]), 36),
        Example(
            "three groups",
            .chain([.group([add(1), add(2)]), .group([add(3), add(4)]), .group([add(5), add(6)]), sum]), 37),
        Example(
            "chord that ends in a group, and a step behind it",
            .chain([.chord([add(1), add(2)], body: .group([add(10), add(20)])), sum, add(1)]), 37),
        Example("groups in a header", .chord([.group([add(1), .group([add(2), add(3)])]), add(4)], body: sum), 10),
        Example(
            "chain that ends in a group in a header",
            .chord([.chain([add(1), .group([add(2), add(3)])]), add(4)], body: sum), 11),
        Example("chord in a header", .chord([.chord([add(1), add(2)], body: sum), add(3)], body: sum), 6),
        Example(
            "chord of chords of chords",
            .chord([.chord([.chord([add(1)], body: sum), add(2)], body: sum), .chain([add(3), add(4)])], body: sum), 10),
        Example("chord for a body", .chord([add(1), add(2)], body: .chord([add(3), add(4)], body: sum)), 13),
        Example(
            "group within a body's chain",
            .chord([add(1)], body: .chain([sum, .group([add(2), add(3)]), sum, add(4)])), 11),
        Example(
            "chord in a chain", .chain([add(1), .chord([add(2), add(3)], body: .chain([sum, add(4)])), add(5)]), 16),
        Example("chunks in a chain", .chain([.chunks(add(0), items: Array("[[1],[2],[3]]".utf8), of: 2), sum]), 0),
        Example(
            "chord in a chain in a header",
            .chord([.chain([add(1), .chord([add(2), add(3)], body: sum), add(4)]), add(5)], body: sum), 16),
    ]

    @Test("a canvas comes to its result, under the id that was told", arguments: examples, [false, true])
    func runs(example: Example, isRepeating: Bool) throws {
        let plan = try Sample.plan(example.canvas)
        var runner = CanvasRunner()
        runner.isRepeating = isRepeating
        try runner.run(plan)
        let result = try #require(plan.results.first)
        #expect(runner.results[result.id].map { String(decoding: $0, as: UTF8.self) } == "\(example.result)")
        // All that went before it ended too.
        for parent in result.parents { for id in parent.leaves { #expect(runner.results[id] != nil) } }
        #expect(runner.failed.isEmpty)
    }

    @Test("a call that ends twice is followed by the same calls, and nothing runs more often", arguments: examples)
    func repeats(example: Example) throws {
        let plan = try Sample.plan(example.canvas)
        var (once, twice) = (CanvasRunner(), CanvasRunner())
        twice.isRepeating = true
        try once.run(plan)
        try twice.run(plan)
        #expect(twice.ran.count == 2 * once.ran.count && Set(twice.ran) == Set(once.ran))
        #expect(twice.results == once.results)
    }

    @Test("whatever fails, the result fails, and nothing waits for ever", arguments: examples)
    func fails(example: Example) throws {
        var failing = example.canvas
        failing = .chain([Sample.call("fail"), failing])
        let early = try Sample.plan(failing)
        var runner = CanvasRunner()
        runner.failing = ["fail"]
        try runner.run(early)
        #expect(runner.failed[try #require(early.results.first?.id)] != nil)
        runner = CanvasRunner()
        runner.failing = ["add", "celery.starmap"]
        let plan = try Sample.plan(example.canvas)
        try runner.run(plan)
        #expect(runner.failed[try #require(plan.results.first?.id)] != nil)
    }

    @Test("one failed call of a header fails the body with Celery's words, and calls its errbacks once")
    func failsBody() throws {
        let errback = Sample.call("errback", 0)
        let canvas = CanvasSignature.chain([
            .chord([Self.add(1), Sample.call("fail")], body: Self.sum), Self.add(1),
        ]).linkedOnError(to: errback)
        let plan = try Sample.plan(canvas)
        var runner = CanvasRunner()
        runner.failing = ["fail"]
        try runner.run(plan)
        let body = try #require(plan.chords.first?.bodyID)
        let words = try #require(runner.failed[body]?.message)
        #expect(words.hasPrefix("Dependency ") && words.hasSuffix(" raised ValueError('x')"))
        #expect(runner.failed[plan.results[0].id]?.type == "ChordError")
        #expect(runner.ran.filter { $0.hasPrefix("errback") } == ["errback[\"\(body)\",0]"])
    }

    @Test("an errback of nested chords is called once, for the outermost body that fails", arguments: [1, 2, 3])
    func failsNestedBodies(depth: Int) throws {
        let errback = Sample.call("errback", 0)
        var canvas = CanvasSignature.chord([Sample.call("fail")], body: Self.sum)
        for _ in 0..<depth { canvas = .chord([canvas, Self.add(1)], body: Self.sum) }
        let plan = try Sample.plan(canvas.linkedOnError(to: errback))
        var runner = CanvasRunner()
        runner.failing = ["fail"]
        try runner.run(plan)
        let body = try #require(plan.results.first?.id)
        #expect(runner.failed[body]?.type == "ChordError")
        #expect(runner.ran.filter { $0.hasPrefix("errback") } == ["errback[\"\(body)\",0]"])
    }

    @Test("the errback of an inner body alone is called for that body")
    func failsInnerBody() throws {
        let errback = Sample.call("errback", 0)
        let inner = CanvasSignature.chord([Sample.call("fail")], body: Self.sum.linkedOnError(to: errback))
        let plan = try Sample.plan(.chord([inner], body: Self.sum))
        var runner = CanvasRunner()
        runner.failing = ["fail"]
        try runner.run(plan)
        #expect(runner.ran.filter { $0.hasPrefix("errback") }.count == 1)
    }
}
