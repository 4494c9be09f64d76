import Celeriac
import CeleriacCore
import Testing

extension Interop.NestedCanvasTests {
    @Test("a call that fails fails what comes behind it, and all of a canvas ends", arguments: shapes)
    func failures(_ shape: Case) async throws {
        let letters = shape.shape.letters
        for failing in [letters[0], letters[letters.count / 2]] {
            try await expectEnds(shape, failing: failing, turns: ["celery"])
            if !shape.isLeftByCelery {
                try await expectEnds(shape, failing: failing, turns: ["python", "celery"])
                try await expectEnds(shape, failing: failing, turns: ["celery", "python"])
            }
        }
    }

    private func expectEnds(_ shape: Case, failing: String, turns: [String]) async throws {
        let expected = shape.shape.failures(of: failing).map { $0 ? "FAILURE ValueError" : "SUCCESS" }.sorted()
        let run = ShapeRun("failures", shape.shape, turns: turns, failing: failing)
        let byPython = try await python(run.ends)
        #expect(byPython == .array(expected.map { .string($0) }), "composed by Python, \(failing) fails, \(turns)")
        let sent = try await app.send(run.signature)
        let ids = JSONValue.array(sent.ids.leaves.map { .string($0.rawValue) }).text
        let bySwift = try await python("sorted(end_of(result(id)) for id in \(ids))")
        #expect(bySwift == .array(expected.map { .string($0) }), "composed by Swift, \(failing) fails, \(turns)")
    }
}
