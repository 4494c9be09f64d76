import CeleriacCanvas
import CeleriacCore
import CeleriacWire
import Testing

/// What Python's worker has sent after a call, sent by us: the same messages but for new ids.
@Suite("What follows, as Celery's worker does it")
struct RecordedContinuationTests {
    private let surroundings = Sample.surroundings

    private func outcome(of id: TaskID, in fixture: Fixture) throws -> CanvasOutcome {
        let record = try fixture.record(of: id)
        if let failure = record.failure { return .failure(failure) }
        return .success(result: record.result ?? Array("null".utf8))
    }

    private func continuation(of message: CanvasMessage, in fixture: Fixture) throws -> CanvasContinuation {
        try CanvasContinuation(of: message.finished, outcome(of: message.id, in: fixture), in: surroundings)
    }

    /// Without `reply_to`, which a Python worker fills with its own.
    private func shapes(_ messages: [CanvasMessage]) throws -> [JSONValue] {
        IDs.mapped(try messages.map { [try $0.shape[0] ?? nil, try $0.shape[1] ?? nil, try $0.shape[2] ?? nil] })
    }

    @Test(
        "links, errbacks and the steps of a chain",
        arguments: ["result-link", "result-link-error", "result-chain"])
    func followsAlike(name: String) throws {
        let fixture = try Fixture(name)
        let messages = try fixture.canvasMessages
        #expect(messages.count > 1)
        var followed = 0
        for message in messages {
            let theirs = messages.filter { $0.envelope.parentID == message.id }
            let plan = try continuation(of: message, in: fixture).plan
            let ours = try plan.calls.map { try CanvasMessage($0) }
            #expect(try shapes([message] + ours).map(\.text) == shapes([message] + theirs).map(\.text))
            // Errbacks are no children of their own: Celery sends them when the result is stored already.
            let children = try fixture.record(of: message.id).children.count
            #expect(children == (message.embed.errbacks == nil ? plan.children.count : 0))
            followed += ours.count
        }
        #expect(followed == messages.count - 1)
    }

    @Test("a failed step fails the rest of its chain")
    func failsChain() throws {
        let fixture = try Fixture("result-chain-failure")
        let plan = try Sample.plan(.chain([Sample.call("tasks.fail", "x"), Sample.add(1), Sample.mul(2)]))
        let first = try CanvasMessage(plan.calls[0])
        let stored = try #require(fixture.document["results"]?.arrayValue).compactMap {
            $0["value"]?["task_id"]?.stringValue
        }
        let failure = try #require(try fixture.record(of: TaskID(stored[0])).failure)
        let end = try CanvasContinuation(of: first.finished, .failure(failure), in: surroundings)
        let result = plan.results[0]
        // As Celery, the last one first; it is the one that clients wait for.
        #expect(end.failed.map(\.id) == [result.id, result.parents[0].id])
        #expect(end.failed.allSatisfy { $0.failure == failure } && end.failed.count == stored.count - 1)
        #expect(end.plan.calls.isEmpty && end.parts.isEmpty)
    }

    // MARK: Chords

    /// Each part as a call reports it, by the recorded `ZADD`s.
    private func parts(_ messages: [CanvasMessage], in fixture: Fixture) throws -> [ChordPart] {
        try messages.filter { $0.embed.chord != nil && $0.envelope.headers.group != nil }
            .flatMap { try continuation(of: $0, in: fixture).parts }
    }

    @Test("parts are reported, and the body gets their results in order", arguments: ["result-chord"])
    func joinsAlike(name: String) throws {
        let fixture = try Fixture(name)
        let messages = try fixture.canvasMessages
        let body = try #require(messages.last)
        let parts = try parts(messages, in: fixture)
        let size = try #require(fixture.value(of: "SET", on: ".s").flatMap { Int($0) })
        let reported = try #require(fixture.document["commands"]?.arrayValue).filter { $0[0] == "ZADD" }
            .filter { $0[1]?.stringValue?.hasSuffix(".j") == true }
        #expect(reported.count == parts.count && parts.count == size)
        for (part, command) in zip(parts, reported) {
            #expect(command[2]?.stringValue == part.index.map(String.init))
            let member = try JSONValue(parsing: command[3]?.stringValue ?? "")
            #expect(member[1]?.stringValue == part.id.rawValue && member[2]?.stringValue == part.state.rawValue)
        }
        try expectBody(body, of: parts, size: size, messages)
    }

    private func expectBody(
        _ body: CanvasMessage, of parts: [ChordPart], size: Int, _ messages: [CanvasMessage]
    ) throws {
        guard case .complete(let results) = ChordJoin(size: size).outcome(of: parts) else {
            Issue.record("all parts are there")
            return
        }
        let last = try #require(messages.first { $0.id == body.envelope.parentID })
        let part = try #require(parts.first { $0.id == last.id })
        let plan = try ChordJoin.plan(
            part.body, ofChord: part.groupID, results: results, after: last.finished, in: surroundings)
        let ours = try plan.calls.map { try CanvasMessage($0) }
        #expect(try shapes(messages.dropLast() + ours).map(\.text) == shapes(messages).map(\.text))
        #expect(ours.first?.id == body.id)
    }

    @Test("what was added to a chord is one part more, at the place of the call that added it")
    func addsAlike() throws {
        let fixture = try Fixture("result-chord-add")
        let messages = try fixture.canvasMessages
        let added = try #require(messages.first { $0.envelope.parentID != nil && $0.embed.chord != nil })
        let adder = try #require(messages.first { $0.id == added.envelope.parentID })
        let (plan, group, count) = try CanvasReplacement.addition(
            of: .call(added.envelope.task, EncodedArguments(args: added.arguments[0]?.arrayValue ?? [])),
            toChordOf: adder.finished, in: surroundings)
        #expect(group == adder.envelope.headers.group && count == 1)
        let ours = try plan.calls.map { try CanvasMessage($0) }
        #expect(try shapes([adder] + ours).map(\.text) == shapes([adder, added]).map(\.text))
        let parts = try parts(messages, in: fixture)
        try expectBody(try #require(messages.last), of: parts, size: parts.count, messages)
    }

    @Test("a failed part fails the body, in the words of Celery")
    func failsAlike() throws {
        let fixture = try Fixture("result-chord-error")
        let messages = try fixture.canvasMessages
        let parts = try parts(messages, in: fixture)
        guard case .failed(let failure) = ChordJoin(size: 2).outcome(of: parts, describe: PythonRepr.exception) else {
            Issue.record("one part has failed")
            return
        }
        let end = try CanvasContinuation(after: failure, in: surroundings)
        let body = try #require(end.failed.first)
        let stored = try fixture.record(of: body.id)
        #expect(stored.failure?.type == "ChordError" && stored.failure?.message == failure.chordError.message)
        #expect(end.failed.count == 1 && end.parts.isEmpty && end.plan.calls.isEmpty)
        #expect(ChordJoin.description(of: try #require(failure.part.failure)) == "ValueError('x')")
    }

    // MARK: In its own name

    @Test("a call that replaces another has its id, and is one replacement more")
    func replacesAlike() throws {
        let messages = try Fixture("result-replace").canvasMessages
        let plan = try CanvasReplacement.plan(of: messages[0].finished, by: Sample.add(5, 100), in: surroundings)
        let ours = try plan.calls.map { try CanvasMessage($0) }
        #expect(try shapes([messages[0]] + ours).map(\.text) == shapes(messages).map(\.text))
    }

    @Test("the steps that a worker sends for a chord in a chain lead to the results that Celery stored")
    func runsGroupInChain() throws {
        let fixture = try Fixture("result-chain-group-chain")
        let stored = try #require(fixture.document["results"]?.arrayValue).compactMap { $0["value"] }
        let plan = try Sample.plan(
            .chain([Sample.add(1, 1), .group([Sample.add(10), Sample.mul(20)]), Sample.xsum]))
        let first = try CanvasMessage(plan.calls[0])
        let middle = try CanvasContinuation(of: first.finished, .success(result: Array("2".utf8)), in: surroundings)
        let header = try middle.plan.calls.map { try CanvasMessage($0) }
        #expect(header.map { $0.arguments[0] } == [[2, 10], [2, 20]])
        #expect(header.allSatisfy { $0.envelope.parentID == first.id && $0.envelope.headers.rootID == first.id })
        #expect(middle.plan.chords.map(\.size) == [2])
        // The child that the recording shows is the body's header: a group of two.
        #expect(middle.plan.children == [middle.plan.chords[0].header.node])
        #expect(stored[0]["children"]?[0]?[1]?.arrayValue?.count == middle.plan.children[0].members?.count)
        let ends = try zip(header, ["12", "40"]).map { message, result in
            try CanvasContinuation(of: message.finished, .success(result: Array(result.utf8)), in: surroundings)
        }
        let parts = ends.flatMap(\.parts)
        guard case .complete(let results) = ChordJoin(middle.plan.chords[0]).outcome(of: parts) else { return }
        let last = try ChordJoin.plan(
            parts[1].body, ofChord: parts[1].groupID, results: results, after: header[1].finished, in: surroundings)
        let body = try CanvasMessage(last.calls[0])
        #expect(body.arguments[0] == [[12, 40]] && body.id == plan.results[0].id)
        #expect(body.embed.chain == [] && body.envelope.headers.group == parts[1].groupID)
    }
}
