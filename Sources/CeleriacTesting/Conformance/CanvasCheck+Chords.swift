import Celeriac
import CeleriacCanvas
public import CeleriacCore

extension Check where Subject == any CompletionStore {
    /// The promises of an app and its workers about chords, on a store that also counts the parts of chords.
    public static var chords: [CompletionStoreCheck] { bodies + failingChords + nestedChords }

    private static var bodies: [CompletionStoreCheck] {
        [
            canvasCheck("the body of a chord runs once, with all outputs in the order of the header") { field, _ in
                let add = field.add
                let result = try await field.app.send(chord((1...20).map { add($0, 100) }, then: field.total))
                try expect(await result.state, is: .pending, "state before")
                let header = try require(result.header, "the header")
                try expect(await "\(header.progress)", is: "0 of 20", "progress")
                try await field.drain()
                try expect(await result.get(), is: 2210, "output")
                try expect(field.journal.last, is: "sum \((1...20).map { $0 + 100 })", "the body")
                try expect(field.journal.count, is: 21, "runs")
                try expect(await header.get().count, is: 20, "outputs of the header")
            },
            canvasCheck("a chord without a header runs its body at once, with an empty list") { field, _ in
                let none: [Signature<Int>] = []
                let result = try await field.app.send(chord(none, then: field.total))
                try await field.drain()
                try expect(await result.get(), is: 0, "output")
                try expect(field.journal, is: ["sum []"], "runs")
            },
            canvasCheck("a worker that dies with a part delays the chord, and doubles nothing") { field, time in
                let add = field.add
                let result = try await field.app.send(chord((1...3).map { add($0, 0) }, then: field.total))
                try await field.dieWithNext(time)
                try await field.drain()
                try expect(await result.get(), is: 6, "output")
                try expect(field.journal.sorted(), is: ["1 + 0", "2 + 0", "3 + 0", "sum [1, 2, 3]"], "runs")
            },
            canvasCheck("a chord is a step of a chain, and its body has steps behind it") { field, _ in
                let add = field.add
                let steps = group([add.then(after: Int.self, 10), add.then(after: Int.self, 20)])
                let result = try await field.app.send(
                    chain(add(1, 2), steps.then(field.total), add.then(after: Int.self, 100)))
                try await field.drain()
                try expect(await result.get(), is: 136, "output")
                try expect(field.journal.count, is: 5, "runs")
                try expect(await result.parent?.get(), is: 36, "output of the body")
                try expect(await result.parent?.header?.get(), is: [13, 23], "outputs of the header")
            },
            canvasCheck("a group with a step behind it is a chord") { field, _ in
                let add = field.add
                let note = Step<Int, Bool>("canvas.note")
                let whole = group((1...3).map { add($0, 0) }).then(field.total).link(note)
                let result = try await field.app.send(whole)
                try await field.drain()
                try expect(await result.get(), is: 6, "output")
                try expect(field.journal.last, is: "note 6", "the callback")
            },
            canvasCheck("a task that fails at first is counted when it has succeeded") { field, time in
                let (add, stumble) = (field.add, field.stumble)
                let result = try await field.app.send(chord([add(1, 0), stumble(2), add(3, 0)], then: field.total))
                try await field.drain()
                try expect(await result.state, is: .pending, "state before the retry")
                await time.advance(by: .minutes(1))
                try await field.drain()
                try expect(await result.get(), is: 6, "output")
                try expect(field.journal.last, is: "sum [1, 2, 3]", "the body")
            },
        ]
    }

    private static var failingChords: [CompletionStoreCheck] {
        [
            canvasCheck("a part that fails for good fails the body, which never runs, once all have ended") {
                field, _ in
                let (add, fail) = (field.add, field.fail)
                let whole = chord([add(1, 0), fail(2), add(3, 0)], then: field.total)
                let result = try await field.app.send(
                    whole.then(add.then(after: Int.self, 1)).linkError(Step<String, Bool>("canvas.note")))
                try await field.drain()
                let body = try require(result.parent, "the body")
                try expect(await body.mishap().type, is: "ChordError", "failure of the body")
                try expect(await body.mishap().message.hasPrefix("Dependency "), "what the failure says")
                try expect(await result.mishap().type, is: "ChordError", "failure of the step behind it")
                try expect(
                    field.journal.sorted(), is: ["1 + 0", "3 + 0", "fail 2", "note \"\(body.id)\""].sorted(), "runs")
            },
            canvasCheck("a part that is revoked while it waits fails the body") { field, _ in
                guard field.app.broker is any RevocationStore else { return }
                let add = field.add
                let result = try await field.app.send(chord((1...3).map { add($0, 0) }, then: field.total))
                try await result.header?.results[1].revoke()
                try await field.drain()
                try expect(await result.mishap().type, is: "ChordError", "failure of the body")
                try expect(await result.header?.results[1].state, is: .revoked, "state of the part")
                try expect(field.journal.sorted(), is: ["1 + 0", "3 + 0"], "runs")
            },
            canvasCheck("a part that expires, or that no worker knows, fails the body") { field, time in
                for lost in [
                    field.add(2, 0).with(CallOptions(expires: time.now.adding(.seconds(5)))),
                    Signature("no.such", .none),
                ] {
                    let result = try await field.app.send(chord([field.add(1, 0), lost], then: field.total))
                    await time.advance(by: .seconds(10))
                    try await field.drain()
                    try expect(await result.mishap().type, is: "ChordError", "failure of the body")
                }
                try expect(field.journal, is: ["1 + 0", "1 + 0"], "runs")
            },
            canvasCheck("a body that is a group fails member by member") { field, _ in
                let fail = CanvasSignature.call("canvas.fail", EncodedArguments(args: [1]))
                let sum = CanvasSignature.call("canvas.sum")
                let sent = try await field.app.send(.chord([fail], body: .group([sum, sum])))
                try await field.drain()
                let members = try require(sent.group?.results, "the members")
                for member in members { try expect(await member.mishap().type, is: "CanvasMishap", "failure") }
                try expect(field.journal, is: ["fail 1"], "runs")
            },
        ]
    }

    private static var nestedChords: [CompletionStoreCheck] {
        [
            canvasCheck("chords may lie in the header of a chord") { field, _ in
                let add = field.add
                let inner = (1...3).map { n in chord([add(n, 0), add(n, 10)], then: field.total) }
                let result = try await field.app.send(chord(inner, then: field.total))
                try await field.drain()
                try expect(await result.get(), is: 12 + 14 + 16, "output")
                try expect(field.journal.last, is: "sum [12, 14, 16]", "the last body")
            },
            canvasCheck("chains may lie in the header of a chord, and count as their last step") { field, _ in
                let add = field.add
                let header = (1...3).map { chain(add($0, 0), add.then(after: Int.self, 10)) }
                let result = try await field.app.send(chord(header, then: field.total))
                try await field.drain()
                try expect(await result.get(), is: 36, "output")
                try expect(field.journal.last, is: "sum [11, 12, 13]", "the body")
            },
            canvasCheck("an inner chord that fails fails the outer one") { field, _ in
                let (add, fail) = (field.add, field.fail)
                let inner = [chord([add(1, 0), fail(2)], then: field.total), chord([add(3, 0)], then: field.total)]
                let result = try await field.app.send(chord(inner, then: field.total))
                try await field.drain()
                try expect(await result.mishap().type, is: "ChordError", "failure of the body")
                try expect(field.journal.sorted(), is: ["1 + 0", "3 + 0", "fail 2", "sum [3]"], "runs")
            },
            canvasCheck("the errback of nested chords is called once when a call of the inner header fails") {
                field, _ in
                let note = Step<String, Bool>("canvas.note")
                let inner = chord([field.fail(1)], then: field.total)
                let result = try await field.app.send(chord([inner], then: field.total).linkError(note))
                try await field.drain()
                try expect(await result.mishap().type, is: "ChordError", "failure of the body")
                try expect(field.journal, is: ["fail 1", "note \"\(result.id)\""], "runs")
            },
            canvasCheck("a chain within a header that breaks fails the body") { field, _ in
                let (add, fail) = (field.add, field.fail)
                let header = [
                    chain(fail(1), add.then(after: Int.self, 10)), chain(add(2, 0), add.then(after: Int.self, 10)),
                ]
                let result = try await field.app.send(chord(header, then: field.total))
                try await field.drain()
                try expect(await result.mishap().type, is: "ChordError", "failure of the body")
            },
            canvasCheck("the group at the end of a chain in a header gives a list within the list") { field, _ in
                func add(_ numbers: JSONValue...) -> CanvasSignature {
                    .call("canvas.add", EncodedArguments(args: numbers))
                }
                let canvas = CanvasSignature.chord(
                    [.chain([add(1, 2), .group([add(10), add(20)])]), add(5, 5)], body: .call("canvas.note"))
                let sent = try await field.app.send(canvas)
                try await field.drain()
                try expect(await sent.get(), is: true, "output")
                try expect(field.journal.last, is: "note [[13,23],10]", "the body")
            },
            canvasCheck("a chain of two chords hands the first one's output to each call of the second") { field, _ in
                let add = field.add
                let fan = group([add.then(after: Int.self, 1), add.then(after: Int.self, 2)])
                let result = try await field.app.send(
                    chain(add(0, 0), fan.then(field.total), fan.then(field.total)))
                try await field.drain()
                try expect(await result.get(), is: 9, "output")
            },
        ]
    }
}
