import CeleriacCanvas
import CeleriacCore
import Testing

@Suite("Stamps")
struct CanvasStampingTests {
    private let a = Sample.call("a")
    private let b = Sample.call("b")

    @Test("stamps reach each call, its links, and the body of a chord")
    func reachesAll() throws {
        let canvas = CanvasSignature.chain([
            a.linked(to: b).linkedOnError(to: b), .group([a, .chord([a], body: b)]), b,
        ])
        let plan = try Sample.plan(CanvasStamping().stamp(canvas, with: ["tenant": "acme"]))
        let first = plan.calls[0]
        #expect(first.message.headers.extra["stamps"] == ["tenant": "acme"])
        #expect(first.embed.callbacks?[0].options.stamps == ["tenant": "acme"])
        #expect(first.embed.errbacks?[0].options.stampedHeaders == ["tenant"])
        var runner = CanvasRunner()
        try runner.run(plan)
        #expect(runner.ran.count == 6)
        guard case .chord(let chord) = try #require(first.embed.chain?.first).work else { return }
        #expect(chord.header.allSatisfy { $0.options.stamps == ["tenant": "acme"] || $0.options.stamps.isEmpty })
        #expect(chord.body?.options.stamps == ["tenant": "acme"])
    }

    @Test("a visitor is asked at each place, and what it says of a group or chain goes for all within")
    func visits() throws {
        var places: [CanvasStamping.Place] = []
        let canvas = CanvasSignature.chain([a.linked(to: b), .chord([a], body: b)])
        let stamped = CanvasStamping().stamp(canvas, with: ["x": 0]) { place, _, _ in
            places.append(place)
            return place == .chain ? ["chain": 1] : place == .signature ? ["own": 2, "stamped_headers": ["own"]] : [:]
        }
        #expect(
            places == [.chain, .signature, .callback, .signature, .chordHeader, .signature, .chordBody, .signature])
        guard case .chain(let steps) = stamped.work else { return }
        #expect(steps[0].options.stamps == ["x": 0, "chain": 1, "own": 2])
        // What a call gets for itself, its links do not.
        #expect(steps[0].options.links[0].options.stamps == ["x": 0, "chain": 1, "own": 2])
        #expect(stamped.options.stamps.isEmpty)
    }

    @Test("of a stamp that is there, the outer one stays, or both, and lists are joined")
    func merges() {
        var own = a
        own.options.values = ["t": "inner", "l": [1], "stamped_headers": ["t", "l"]]
        let stamps: JSONObject = ["t": "outer", "l": [2]]
        let replaced = CanvasStamping().stamp(own, with: stamps).options
        #expect(replaced.stamps == ["t": "outer", "l": [2, 1]] && Set(replaced.stampedHeaders) == ["t", "l"])
        let appended = CanvasStamping(appends: true).stamp(own, with: stamps).options
        #expect(appended.stamps == ["t": ["outer", "inner"], "l": [2, 1]])
    }
}
