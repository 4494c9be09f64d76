import CeleriacCanvas
import CeleriacCore
import Testing

/// Canvases that nobody would write, run to their ends.
@Suite("Random canvases")
struct RandomCanvasTests {
    @Test(
        "all that was promised ends, once, whatever fails or runs twice",
        arguments: [1, 20_261_126, 0xCE1E] as [UInt64])
    func ends(seed: UInt64) throws {
        var random = CanvasGenerator(seed: seed)
        for number in 0..<150 {
            let canvas = random.canvas(depth: 3)
            let plan = try Sample.plan(canvas)
            for failing: Set<TaskName> in [[], ["fail"], ["fail", "sum"]] {
                for isRepeating in [false, true] {
                    var runner = CanvasRunner()
                    (runner.failing, runner.isRepeating) = (failing, isRepeating)
                    try runner.run(plan)
                    for id in plan.results.flatMap(\.leaves) {
                        let ends = (runner.results[id] == nil ? 0 : 1) + (runner.failed[id] == nil ? 0 : 1)
                        #expect(ends == 1, "seed \(seed), canvas \(number), failing \(failing): \(canvas)")
                    }
                    if failing.isEmpty { #expect(runner.failed.isEmpty) }
                }
            }
        }
    }

    @Test("what is sent has ids of its own, and each chord as many parts as it counts", arguments: [7, 8] as [UInt64])
    func counts(seed: UInt64) throws {
        var random = CanvasGenerator(seed: seed)
        for _ in 0..<200 {
            let plan = try Sample.plan(random.canvas(depth: 3))
            #expect(Set(plan.calls.map(\.id)).count == plan.calls.count)
            #expect(Set(plan.chords.map(\.groupID)).count == plan.chords.count)
            for chord in plan.chords { #expect(chord.header.leaves.count == chord.size) }
        }
    }
}

/// Small canvases of every kind.
private struct CanvasGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func below(_ limit: UInt64) -> Int { Int(random.next() % limit) }

    mutating func canvas(depth: Int) -> CanvasSignature {
        var canvas: CanvasSignature
        switch depth == 0 ? 0 : below(6) {
        case 1, 2: canvas = .chain(canvases(depth))
        case 3: canvas = .group(canvases(depth))
        case 4: canvas = .chord(canvases(depth), body: self.canvas(depth: depth - 1))
        case 5: canvas = .chunks(Sample.call("add"), items: Array("[[1],[2],[3]]".utf8), of: 1 + below(3))
        default: canvas = Sample.call(["add", "add", "sum", "fail"][below(4)], .integer(Int64(below(9))))
        }
        if below(8) == 0 { canvas = canvas.linked(to: Sample.call("link")) }
        if below(8) == 0 { canvas = canvas.linkedOnError(to: Sample.call("error")) }
        return below(8) == 0 ? canvas.immutable() : canvas
    }

    private mutating func canvases(_ depth: Int) -> [CanvasSignature] {
        (0..<below(4)).map { _ in canvas(depth: depth - 1) }
    }
}
