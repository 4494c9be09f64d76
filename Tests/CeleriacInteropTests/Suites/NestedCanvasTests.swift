import Celeriac
import CeleriacCore
import Testing

extension Interop {
    /// Shapes of canvas whose calls go to Python and to Swift in turn.
    @Suite(
        "Nested canvas over both", .timeLimit(.minutes(15)),
        .fleet {
            $0.pythonWorkers = [{ try PythonWorker(redis: $0, queues: ["python"], scratch: $1) }]
            $0.swiftWorkers = [{ try SwiftWorker(redis: $0, scratch: $1) }]
        })
    struct NestedCanvasTests: Live {
        struct Case: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let shape: CanvasShape
            /// What Swift makes of it, where Celery, as it freezes, turns round the order of a group within a group.
            let inOrder: JSONValue?
            /// Whether Celery's worker, where it ends the last part or step, leaves results behind a failure PENDING for ever.
            let isLeftByCelery: Bool

            init(
                _ name: String, _ shape: CanvasShape, inOrder: JSONValue? = nil, isLeftByCelery: Bool = false
            ) {
                testDescription = name
                self.shape = shape
                self.inOrder = inOrder
                self.isLeftByCelery = isLeftByCelery
            }
        }
    }
}

extension Interop.NestedCanvasTests {
    @Test(
        "a canvas comes to what Celery alone makes of it, each call running once and where it should", arguments: shapes
    )
    func same(_ shape: Case) async throws {
        let name = shape.testDescription.replacing(" ", with: "-")
        let alone = ShapeRun("\(name)/alone", shape.shape, turns: ["python"])
        let expected = try await python(alone.python)
        for turns in [["python", "celery"], ["celery", "python"]] {
            let byPython = ShapeRun("\(name)/py/\(turns)".replacing(" ", with: ""), shape.shape, turns: turns)
            #expect(try await python(byPython.python) == expected, "composed by Python, turns \(turns)")
            expectOnce(byPython)
            let bySwift = ShapeRun("\(name)/swift/\(turns)".replacing(" ", with: ""), shape.shape, turns: turns)
            let result = try await app.send(bySwift.signature).get(timeout: .seconds(30))
            #expect(result == shape.inOrder ?? expected, "composed by Swift, turns \(turns)")
            expectOnce(bySwift)
        }
    }

    private func expectOnce(_ run: ShapeRun) {
        let lines = scratch.lines("journal").filter { $0.contains(" \(run.name) ") }
        #expect(lines.sorted() == run.journal)
    }

    static let shapes: [Case] = [
        Case("a chain", .chain(["a", "b", "c"])),
        Case("a chain of chains", .chain([.chain(["a", "b"]), .chain(["c", "d"])])),
        Case("a group", .group(["a", "b", "c"])),
        Case("a group of chains", .group([.chain(["a", "b"]), .chain(["c", "d"])])),
        Case("a group in a group", .group(["a", .group(["b", "c"])])),
        Case("a chord", .chord(["a", "b", "c"], "d")),
        Case("a wide chord", .chord((0..<20).map { .call("p\($0)") }, "body")),
        Case("a group within a chain", .chain(["a", .group(["b", "c"]), "d"])),
        Case("a group of one within a chain", .chain(["a", .group(["b"]), "c"])),
        Case("a chord whose body is a chain", .chord(["a", "b"], .chain(["c", "d"]))),
        Case("a chord whose body is a group", .chord(["a", "b"], .group(["c", "d"]))),
        Case("a chord with a chain behind it", .chain([.chord(["a", "b"], "c"), "d", "e"])),
        Case("chains in a header", .chord([.chain(["a", "b"]), .chain(["c", "d"]), "e"], "f")),
        Case("a group in a header", .chord([.group(["a", "b"]), "c"], "d"), inOrder: ["d", ["a", "b", "c"]]),
        Case(
            "a group at the end of a chain in a header", .chord([.chain(["a", .group(["b", "c"])]), "d"], "e"),
            isLeftByCelery: true),
        Case("a chord in a header", .chord([.chord(["a", "b"], "c"), "d"], "e"), isLeftByCelery: true),
        Case(
            "a chord with a chain behind it in a header", .chord([.chain([.chord(["a", "b"], "c"), "d"]), "e"], "f")),
        Case(
            "chords three deep", .chord([.chord([.chord(["a", "b"], "c"), "d"], "e"), "f"], "g"), isLeftByCelery: true),
        Case("two chords in a chain", .chain([.group(["a", "b"]), "c", .group(["d", "e"]), "f"])),
        Case("a chord in a body", .chord(["a", "b"], .chain(["c", .group(["d", "e"]), "f"]))),
        Case(
            "a group of chords", .group([.chord(["a", "b"], "c"), .chain(["d", .group(["e", "f"]), "g"]), "h"]),
            isLeftByCelery: true),
        Case(
            "a chain, a group, a call and a group of groups",
            .chain(["a", .group(["b", "c"]), "d", .group([.group(["e", "f"]), .group(["g", "h"])])]),
            inOrder: .array(["e", "f", "g", "h"].map { [.string($0), ["d", [["b", "a"], ["c", "a"]]]] }),
            isLeftByCelery: true),
        Case(
            "groups of chains within a chain",
            .chain([.group([.chain(["a", "b"]), .chain(["c", "d"])]), .group([.chain(["e", "f"]), "g"]), "h"]),
            isLeftByCelery: true),
    ]
}
