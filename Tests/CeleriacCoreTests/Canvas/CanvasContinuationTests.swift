import CeleriacCanvas
import CeleriacCore
import Testing

@Suite("What follows the end of a call")
struct CanvasContinuationTests {
    private let surroundings = CanvasSurroundings(now: Sample.now)
    private let success = CanvasOutcome.success(result: Array("5".utf8))
    private let a = Sample.call("a", 1)
    private let b = Sample.call("b", 2)

    private func finished(_ canvas: CanvasSignature) throws -> FinishedCall {
        Sample.finished(try Sample.plan(canvas).calls[0])
    }

    @Test("several callbacks are one group, and groups go by themselves")
    func groupsCallbacks() throws {
        let call = try finished(a.linked(to: b).linked(to: a.immutable()).linked(to: .group([a, b])))
        let calls = try CanvasContinuation(of: call, success, in: surroundings).plan.calls
        #expect(calls.map(Sample.args) == ["[5,1]", "[5,2]", "[5,2]", "[1]"])
        #expect(Set(calls.compactMap(\.message.headers.group)).count == 2)
        #expect(calls.allSatisfy { $0.message.headers.parentID == call.id && $0.message.headers.rootID == call.id })
        let single = try CanvasContinuation(of: finished(a.linked(to: b)), success, in: surroundings)
        #expect(single.plan.calls[0].message.headers.group == nil)
    }

    @Test("new ids follow from the call's id and not from the attempt")
    func derivesIDs() throws {
        var call = try finished(a.linked(to: b).linkedOnError(to: b))
        let first = try CanvasContinuation(of: call, success, in: surroundings).plan.calls[0].id
        call.headers.retries = 3
        #expect(try CanvasContinuation(of: call, success, in: surroundings).plan.calls[0].id == first)
        let failed = try CanvasContinuation(of: call, .failure(Sample.failure), in: surroundings)
        #expect(failed.plan.calls[0].id != first)
        call.headers.extra["replaced_task_nesting"] = 1
        #expect(try CanvasContinuation(of: call, success, in: surroundings).plan.calls[0].id != first)
        #expect(first.rawValue.count == 36 && first.rawValue.dropFirst(14).first == "5")
    }

    @Test("a revoked call reports its part, and leaves the rest alone; an ignored one leaves all")
    func revokes() throws {
        let call = try finished(
            CanvasSignature.chord([a.linked(to: b).linkedOnError(to: b), b], body: Sample.call("sum")))
        let revoked = try CanvasContinuation(of: call, .revoked(Sample.failure), in: surroundings)
        #expect(revoked.parts.map(\.state) == [.revoked] && revoked.plan.calls.isEmpty && revoked.failed.isEmpty)
        #expect(try CanvasContinuation(of: call, .ignored, in: surroundings) == CanvasContinuation())
    }

    @Test("stamps go on to what follows, and own ones win")
    func inheritsStamps() throws {
        var callback = b
        callback.options.values["tenant"] = "other"
        callback.options.values["stamped_headers"] = ["tenant"]
        var call = try finished(a.linked(to: callback).linked(to: b))
        call.headers.extra["stamps"] = ["tenant": "acme", "order": 7]
        call.headers.extra["stamped_headers"] = ["tenant", "order"]
        let calls = try CanvasContinuation(of: call, success, in: surroundings).plan.calls
        #expect(
            calls.map { $0.message.headers.extra["stamps"] } == [
                ["tenant": "other", "order": 7], ["tenant": "acme", "order": 7],
            ])
    }

    @Test("a replacement takes over what hangs on the call")
    func replaces() throws {
        let link = Sample.call("link")
        let error = Sample.call("error")
        let header = CanvasSignature.chain([a.linked(to: link).linkedOnError(to: error), b])
        let call = try finished(.chord([header, b], body: Sample.call("sum")))
        let plan = try CanvasReplacement.plan(of: call, by: .chain([b, a]), in: surroundings)
        let first = plan.calls[0]
        let rest = try #require(first.embed.chain)
        #expect(first.embed.errbacks == [error] && first.embed.callbacks == nil)
        #expect(rest.map(\.options.id) == [call.embed.chain?[0].options.id, call.id])
        #expect(rest[1].options.links == [link] && rest[1].options.errbacks == [error])
        #expect(rest.allSatisfy { $0.options.replacedTaskNesting == 1 })
        #expect(rest[0].options.chord != nil && rest[1].options.chord == nil)
        #expect(first.message.headers.extra["replaced_task_nesting"] == 1)
    }

    @Test("a group that replaces a call comes to the list of its results, under the call's id")
    func replacesByGroup() throws {
        let call = try finished(.chain([a, b]))
        let plan = try CanvasReplacement.plan(of: call, by: .group([a, b]), in: surroundings)
        #expect(plan.calls.count == 2 && plan.chords[0].bodyID == call.id)
        guard case .call(let task, _) = plan.chords[0].body.work else { return }
        #expect(task == "celery.accumulate")
        #expect(plan.chords[0].body.options.chain?.map(\.options.id) == call.embed.chain?.map(\.options.id))
        var runner = CanvasRunner()
        try runner.run(plan)
        #expect(runner.results[try #require(call.embed.chain?.first?.options.id)] != nil)
    }

    @Test("what cannot replace a call, or be added to its chord, says why")
    func refuses() throws {
        let call = try finished(a)
        var inChord = a
        inChord.options.chord = b
        for canvas: CanvasSignature in [.chain([]), inChord] {
            #expect(throws: CeleriacError.self) {
                try CanvasReplacement.plan(of: call, by: canvas, in: surroundings)
            }
        }
        #expect(throws: CeleriacError.self) {
            try CanvasReplacement.addition(of: a, toChordOf: call, in: surroundings)
        }
    }

    @Test("a group at the end of a failed chain fails member by member, so that its chord ends")
    func failsMembers() throws {
        let chain = CanvasSignature.chain([a, .group([a, b])])
        let call = try finished(.chord([chain], body: Sample.call("sum")))
        let end = try CanvasContinuation(of: call, .failure(Sample.failure), in: surroundings)
        #expect(end.failed.count == 2 && end.parts.count == 2 && Set(end.parts.map(\.key)).count == 2)
    }

    @Test("a body that is a group fails with the part's own failure, member by member")
    func failsGroupBody() throws {
        let errback = Sample.call("errback")
        let body = CanvasSignature.group([a, b.linkedOnError(to: errback)])
        let plan = try Sample.plan(.chord([a, Sample.call("fail")], body: body))
        var runner = CanvasRunner()
        runner.failing = ["fail"]
        try runner.run(plan)
        let members = try #require(plan.results[0].members)
        #expect(members.map { runner.failed[$0.id] } == [Sample.failure, Sample.failure])
        #expect(runner.ran.last == "errback[\"\(members[1].id)\"]")
    }
}
