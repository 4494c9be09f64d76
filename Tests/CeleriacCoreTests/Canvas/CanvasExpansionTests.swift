import CeleriacCanvas
import CeleriacCore
import Foundation
import Testing

@Suite("Expansion of canvases")
struct CanvasExpansionTests {
    private let a = Sample.call("a", 1)
    private let b = Sample.call("b", 2)
    private let c = Sample.call("c", 3)
    private let body = Sample.call("body")

    // MARK: Arguments

    @Test("partial arguments go in front and over named ones, and immutable signatures leave them out")
    func appliesPartials() throws {
        let partial = EncodedArguments(args: [7, 8], kwargs: ["k": 9, "m": 1])
        let call = CanvasSignature.call("a", EncodedArguments(args: [1], kwargs: ["k": 2, "l": 3]))
        let message = try Sample.plan(call, partial: partial).calls[0].message
        #expect(String(decoding: message.arguments.args, as: UTF8.self) == "[7,8,1]")
        #expect(String(decoding: message.arguments.kwargs, as: UTF8.self) == #"{"k":9,"l":3,"m":1}"#)
        let immutable = try Sample.plan(call.immutable(), partial: partial).calls[0].message
        #expect(String(decoding: immutable.arguments.args, as: UTF8.self) == "[1]")
    }

    @Test("partial arguments reach the first step of a chain, and each call of a group or header")
    func sendsPartialsWhereItStarts() throws {
        let partial = EncodedArguments(args: [7])
        let canvases: [CanvasSignature] = [
            .chain([a, b]), .group([a, b]), .chord([a, b], body: body), .chain([.group([a, b]), body]),
            .group([.chain([a, b]), b]), .chain([.group([]), a, b]), .chord([.chord([a], body: b), b], body: body),
        ]
        for canvas in canvases {
            let calls = try Sample.plan(canvas, partial: partial).calls
            #expect(calls.allSatisfy { Sample.args($0).hasPrefix("[7,") })
        }
    }

    @Test("an argument that cannot be encoded fails when the canvas is sent")
    func failsUnencodable() throws {
        struct Broken: Encodable { func encode(to encoder: any Encoder) throws { throw CancellationError() } }
        var arguments = EncodedArguments()
        arguments.append(Broken())
        let error = #expect(throws: CeleriacError.self) { try Sample.plan(.call("a", arguments)) }
        #expect(error?.code == .invalidArguments)
        #expect(throws: CeleriacError.self) { try Sample.plan(.call("a"), partial: arguments) }
    }

    // MARK: Options

    @Test("options become headers and properties")
    func readsOptions() throws {
        var options = CanvasOptions()
        options.queue = "mail"
        options.countdown = .seconds(10)
        options.expiresAfter = .seconds(60)
        options.timeLimit = .milliseconds(1500)
        options.softTimeLimit = .seconds(1)
        options.ignoreResult = true
        options.priority = .high
        options.route = ExchangeRoute(exchange: "x", routingKey: "k")
        options.values["headers"] = ["mine": 1]
        options.values["shadow"] = "shown"
        options.values["unknown"] = [1]
        let call = try Sample.plan(.call("a", options: options)).calls[0]
        let headers = call.message.headers
        #expect(call.queue == "mail" && call.message.priority == .high)
        #expect(call.message.route == ExchangeRoute(exchange: "x", routingKey: "k"))
        #expect(
            headers.eta == Sample.now.addingTimeInterval(10) && headers.expires == Sample.now.addingTimeInterval(60))
        #expect(headers.timeLimit == .milliseconds(1500) && headers.softTimeLimit == .seconds(1))
        #expect(headers.ignoreResult == true && headers.shadow == "shown" && headers.extra["mine"] == 1)
        #expect(headers.rootID == call.id && headers.parentID == nil)
    }

    @Test(
        "an option that makes no sense is not sent at another time",
        arguments: [
            ("eta", "soon"), ("countdown", "1"), ("expires", [1]), ("countdown", 1e300), ("queue", "unacked"),
        ] as [(String, JSONValue)])
    func refusesNonsense(name: String, value: JSONValue) throws {
        let options = CanvasOptions(values: [JSONKey(name): value])
        #expect(throws: CeleriacError.self) { try Sample.plan(.call("a", options: options)) }
    }

    @Test("given options override, but for group and stamps, and never by null")
    func mergesOptions() throws {
        let own = CanvasOptions(values: [
            "queue": "q", "group_id": "g", "stamped_headers": ["tenant"], "tenant": "acme", "priority": 3,
        ])
        let given = CanvasOptions(values: [
            "queue": "r", "group_id": "h", "stamped_headers": ["x"], "tenant": "b", "priority": nil, "eta": "e",
        ])
        let merged = own.merging(given).values
        #expect(merged["queue"] == "r" && merged["group_id"] == "g" && merged["tenant"] == "acme")
        #expect(merged["stamped_headers"] == ["tenant"] && merged["priority"] == 3 && merged["eta"] == "e")
        #expect(CanvasOptions().merging(given).groupID == "h")
    }

    @Test("a chord's countdown delays its header, not its body once more")
    func delaysHeader() throws {
        var chord = CanvasSignature.chord([a, b], body: body)
        chord.options.countdown = .seconds(5)
        chord.options.queue = "q"
        let plan = try Sample.plan(chord)
        #expect(plan.calls.allSatisfy { $0.message.headers.eta == Sample.now.addingTimeInterval(5) && $0.queue == "q" })
        #expect(plan.chords[0].body.options.countdown == nil && plan.chords[0].body.options.queue == "q")
    }

    @Test("a map is routed as the task that it maps")
    func routesMaps() throws {
        let call = try Sample.plan(.map(a, items: Array("[1]".utf8))).calls[0]
        #expect(call.message.task == "celery.map" && call.routedTask == "a")
        #expect(try Sample.plan(a).calls[0].routedTask == "a")
    }

    @Test("a group is skewed by countdowns")
    func skews() {
        let group = CanvasSignature.group([a, b, c]).skewed(from: .seconds(1), to: .seconds(2))
        guard case .group(let members) = group.work else { return }
        #expect(members.map(\.options.countdown) == [.seconds(1), .seconds(2), .seconds(2)])
    }

    // MARK: Results

    @Test("results are linked as they follow each other")
    func linksResults() throws {
        let chain = try Sample.plan(.chain([a, b, c])).results[0]
        #expect(chain.parents.count == 2 && chain.members == nil)
        let joined = try Sample.plan(.chain([a, .group([b, .chain([b, c])]), body, c])).results[0]
        // c, then the body, the header's group, and a.
        #expect(joined.parents.count == 3 && joined.parents[1].members?.count == 2)
        #expect(joined.parents[1].members?[1].parents.count == 1)
        #expect(Set(joined.parents.map(\.id) + [joined.id]).count == 4)
        let group = try Sample.plan(.group([a, .group([b, c])])).results[0]
        #expect(group.members?.count == 3 && group.leaves.count == 3)
        #expect(try Sample.plan(.group([])).results[0].members == [])
        #expect(try Sample.plan(.chain([])).results.isEmpty)
    }

    @Test("what is frozen keeps its ids, however often it is sent")
    func keepsIDs() throws {
        let first = try Sample.plan(.chain([a, .group([b, .chord([c], body: body)]), body, c]))
        let rest = try #require(first.calls[0].embed.chain)
        let outcome = CanvasOutcome.success(result: Array("1".utf8))
        let surroundings = CanvasSurroundings(now: Sample.now)
        let middle = try CanvasContinuation(of: Sample.finished(first.calls[0]), outcome, in: surroundings)
        #expect(try middle == CanvasContinuation(of: Sample.finished(first.calls[0]), outcome, in: surroundings))
        guard case .chord(let chord) = rest[1].work else { return }
        #expect(middle.plan.chords.map(\.groupID).contains(try #require(chord.headerOptions?.id).rawValue))
        #expect(middle.plan.chords.contains { $0.bodyID == chord.body?.id })
    }

    @Test("an id of its own is that of the result")
    func takesWantedID() throws {
        for canvas: CanvasSignature in [a, .chain([a, b]), .chord([a, b], body: body), .group([a, b])] {
            var wanted = canvas
            wanted.options.id = "mine"
            let plan = try Sample.plan(wanted)
            #expect(plan.results[0].id == "mine")
            #expect(plan.chords.allSatisfy { $0.groupID != "mine" })
        }
    }

    // MARK: Limits

    @Test("too many, too deep or too large canvases are not sent")
    func keepsLimits() throws {
        let limits = CanvasLimits(depth: 5, parts: 20, argumentBytes: 100)
        var deep = a
        for _ in 0..<5 { deep = .group([deep]) }
        var linked = a
        for _ in 0..<5 { linked = b.linked(to: linked) }
        let large = Sample.call("a", .string(String(repeating: "x", count: 100)))
        for canvas in [deep, linked, large, .group(Array(repeating: a, count: 20))] {
            let error = #expect(throws: CeleriacError.self) { try Sample.plan(canvas, limits: limits) }
            #expect(error?.code == .tooLarge)
        }
        #expect(try Sample.plan(.group(Array(repeating: a, count: 19)), limits: limits).calls.count == 19)
        let many = CanvasSignature.group(Array(repeating: a, count: 100_000))
        #expect(throws: CeleriacError.self) { try Sample.plan(many) }
    }

    @Test("large groups, chords, chains and chunks cost time in proportion", .timeLimit(.minutes(15)))
    func isLinear() throws {
        let many = Array(repeating: a, count: 5000)
        #expect(try Sample.plan(.group(many)).calls.count == 5000)
        let chord = try Sample.plan(.chord(many, body: body))
        #expect(chord.calls.count == 5000 && chord.chords[0].size == 5000)
        let chain = try Sample.plan(.chain(many))
        #expect(chain.calls[0].embed.chain?.count == 4999 && chain.results[0].parents.count == 4999)
        let items = Array("[\(Array(repeating: "[1]", count: 5000).joined(separator: ","))]".utf8)
        #expect(try Sample.plan(.chunks(a, items: items, of: 7)).calls.count == 715)
    }
}
