import CeleriacCanvas
import CeleriacCore
import Testing

@Suite("The join of a chord")
struct ChordJoinTests {
    private func part(_ id: TaskID, _ index: Int?, _ result: ChordReport.Result? = nil) -> ChordPart {
        let own = ChordReport.Result.success(Array("\"\(id)\"".utf8))
        return ChordPart(groupID: "g", index: index, id: id, result: result ?? own, body: .call("body"))
    }

    private func results(_ parts: [ChordPart], size: Int, header: CanvasResult? = nil) -> String? {
        guard case .complete(let results) = ChordJoin(size: size, header: header).outcome(of: parts) else { return nil }
        return String(decoding: results, as: UTF8.self)
    }

    @Test("results are in the order of their places, then of their ids, those without a place last")
    func orders() {
        let parts = [part("e", nil), part("b", 1), part("c", 0), part("a", 1), part("d", 2), part("\u{F0}", 1)]
        #expect(results(parts, size: 6) == #"["c","a","b","ð","d","e"]"#)
        #expect(results([], size: 0) == "[]")
    }

    @Test("a part that comes twice counts once")
    func countsOnce() {
        let parts = [part("a", 0), part("a", 0)]
        #expect(ChordJoin(size: 2).outcome(of: parts) == .waiting(missing: [], count: 1))
    }

    @Test("what is missing is told in the header's order")
    func tellsMissing() {
        let header = CanvasResult("g", members: [CanvasResult("a"), CanvasResult("b"), CanvasResult("c")])
        let outcome = ChordJoin(size: 3, header: header).outcome(of: [part("b", 1)])
        #expect(outcome == .waiting(missing: ["a", "c"], count: 2))
    }

    @Test("a failure counts when all are there; the first in order names the error")
    func fails() {
        let failed = [part("a", 1, .failure(Sample.failure)), part("b", 0, .revoked(Sample.failure)), part("c", 2)]
        #expect(ChordJoin(size: 4).outcome(of: failed) == .waiting(missing: [], count: 1))
        guard case .failed(let failure) = ChordJoin(size: 3).outcome(of: failed) else {
            Issue.record("two parts have failed")
            return
        }
        #expect(failure.part.id == "b" && failure.chordError.type == "ChordError")
        #expect(failure.chordError.message == "Dependency b raised ValueError('x')")
    }

    @Test("a nested header gives lists in a list")
    func nests() {
        let inner = CanvasResult("i", members: [CanvasResult("c"), CanvasResult("a")])
        let header = CanvasResult("g", members: [inner, CanvasResult("b")])
        let parts = [part("a", 1), part("b", 1), part("c", 0)]
        #expect(results(parts, size: 3, header: header) == #"[["c","a"],"b"]"#)
        // Of one that was added, the header knows nothing.
        #expect(
            results(parts + [part("x", 0)], size: 4, header: CanvasResult("g", members: [CanvasResult("z")])) != nil)
    }
}
