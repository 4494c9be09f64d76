import CeleriacCanvas
import CeleriacCore
import CeleriacWire
import Testing

/// What Python has sent, sent by us: the same messages but for their ids.
@Suite("Canvases as Celery sends them")
struct RecordedExpansionTests {
    struct Recorded: CustomTestStringConvertible {
        let name: String
        let canvases: [CanvasSignature]
        var testDescription: String { name }

        init(_ name: String, _ canvases: CanvasSignature...) {
            self.name = name
            self.canvases = canvases
        }
    }

    private typealias S = Sample

    static let all: [Recorded] = [
        Recorded("chain", .chain([S.add(1, 2), S.mul(3), S.add(100)])),
        Recorded(
            "chain-group-chain", .chain([S.add(1, 1), .group([S.add(10), S.mul(20)]), S.xsum])),
        Recorded(
            "chain-link-error",
            CanvasSignature.chain([S.add(1, 2), S.call("tasks.fail")])
                .linkedOnError(to: S.call("tasks.errback_id"))),
        Recorded("group", .group((0..<3).map { S.add($0.json, $0.json) })),
        Recorded("group-nested", .group([S.add(1, 1), .group([S.add(2, 2), S.add(3, 3)])])),
        Recorded("group-result-save", .group([S.add(1, 1), S.add(2, 2)])),
        Recorded("chord", .chord((0..<3).map { S.add($0.json, $0.json) }, body: S.xsum)),
        Recorded("chord-body-chain", .chord([S.add(1, 1), S.add(2, 2)], body: .chain([S.xsum, S.mul(10)]))),
        Recorded(
            "chord-complex-header",
            .chord([.chain([S.add(1, 1), .group([S.add(1), S.add(2)])]), S.add(3, 3)], body: S.xsum)),
        Recorded(
            "map", .map(S.call("tasks.identity"), items: Array("[1,2,3]".utf8)),
            .starmap(S.call("tasks.add"), items: Array("[[1,2],[3,4]]".utf8)),
            .chunks(S.call("tasks.add"), items: Array("[[1,1],[2,2],[3,3]]".utf8), of: 2)),
        Recorded("stamped", stamped),
        Recorded("task-link", S.add(1, 2).linked(to: S.mul(10))),
        Recorded("task-link-many", linkedTwice),
        Recorded("task-link-error", S.call("tasks.fail", "x").linkedOnError(to: S.call("tasks.errback_id"))),
    ]

    private static var stamped: CanvasSignature {
        CanvasStamping().stamp(.chain([S.add(1, 2), S.mul(3)]), with: ["order_id": [7, 8]]) { place, _, _ in
            place == .signature ? ["tenant": "acme"] : [:]
        }
    }

    private static var linkedTwice: CanvasSignature {
        var first = S.mul(10)
        first.options.queue = "emails"
        first.options.priority = CallPriority(clamping: 5)
        return S.add(1, 2).linked(to: first).linked(to: S.call("tasks.noop").immutable())
    }

    @Test("the same canvas comes to the same messages", arguments: all)
    func sendsAlike(recorded: Recorded) throws {
        let fixture = try Fixture(recorded.name)
        let messages = try fixture.canvasMessages.map { try $0.shape }
        let ours = try recorded.canvases.flatMap { try Sample.shapes(Sample.plan($0)) }
        #expect(!messages.isEmpty && ours.count == messages.count)
        for (mine, theirs) in zip(IDs.mapped(ours.map(sorted)), IDs.mapped(messages.map(sorted))) {
            #expect(mine.text == theirs.text)
        }
    }

    /// The order of stamps' names is that of a set in Python.
    private func sorted(_ shape: JSONValue) -> JSONValue {
        switch shape {
        case .array(let elements): return .array(elements.map(sorted))
        case .object(var members):
            if let names = members["stamped_headers"]?.arrayValue {
                members["stamped_headers"] = .array(names.sorted { $0.text < $1.text })
            }
            return .object(members.mapValues(sorted))
        default: return shape
        }
    }

    @Test(
        "a chord is opened for as many parts", arguments: ["chord", "chord-body-chain", "chord-complex-header"])
    func countsAlike(name: String) throws {
        let recorded = try #require(Self.all.first { $0.name == name })
        let plan = try Sample.plan(recorded.canvases[0])
        let chord = try #require(plan.chords.first)
        #expect(plan.chords.count == 1)
        #expect(try Fixture(name).value(of: "SET", on: ".s") == "\(chord.size)")
        #expect(
            plan.results.first?.id == chord.bodyID && plan.results.first?.parents.last?.id.rawValue == chord.groupID)
        #expect(chord.isNested == (name == "chord-complex-header"))
    }

    @Test("a nested header is saved as Celery saves it")
    func savesAlike() throws {
        let recorded = try #require(Self.all.first { $0.name == "chord-complex-header" })
        let chord = try #require(try Sample.plan(recorded.canvases[0]).chords.first)
        let fixture = try Fixture("chord-complex-header")
        let messages = try fixture.canvasMessages
        let theirs = try #require(fixture.texts(beginning: "{\"result\": [[").first)
        let ours = "{\"result\":\(String(decoding: chord.header.tuple, as: UTF8.self))}"
        #expect(!messages.isEmpty)
        #expect(try IDs.mapped([JSONValue(parsing: ours)]) == IDs.mapped([JSONValue(parsing: theirs)]))
    }
}

extension Int {
    fileprivate var json: JSONValue { .integer(Int64(self)) }
}
