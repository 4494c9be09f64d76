import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@Suite("Parts of chords and saved groups")
struct ChordMemberTests {
    private func report(_ result: ChordReport.Result, id: TaskID = "a") -> ChordReport {
        ChordReport(groupID: "g", index: 0, id: id, result: result, body: [])
    }

    private func reread(_ result: ChordReport.Result) -> ChordReport.Result {
        ChordMember.decode(ChordMember.encode(report(result)), index: 0, orID: "?").result
    }

    /// The members that a recording's Celery wrote.
    private func recorded(_ name: String) throws -> [String] {
        let commands = try Fixture(name).document["commands"]?.arrayValue ?? []
        return commands.filter { $0[0] == "ZADD" }.compactMap { $0[3]?.stringValue }.filter { $0.hasPrefix("[1, ") }
    }

    @Test(
        "each member that Celery wrote is written back as it was",
        arguments: [
            "result-chord", "result-chord-error", "result-chord-add",
        ])
    func recordings(name: String) throws {
        let members = try recorded(name)
        try #require(members.count > 1)
        for member in members {
            let part = ChordMember.decode(Array(member.utf8), index: 0, orID: "?")
            let written = String(decoding: ChordMember.encode(report(part.result, id: part.id)), as: UTF8.self)
            #expect(try JSONValue(parsing: written) == JSONValue(parsing: member))
            if case .success = part.result { #expect(written == member) }
        }
    }

    @Test("Celery's exception is the failure of its part")
    func readsFailure() throws {
        let member = try #require(try recorded("result-chord-error").first { $0.contains("FAILURE") })
        let part = ChordMember.decode(Array(member.utf8), index: 1, orID: "?")
        #expect(part.result == .failure(TaskFailure(type: "ValueError", module: "builtins", message: "x")))
    }

    @Test("what Python has no place for comes back, too")
    func exactFailures() {
        let attempt = FailedAttempt(attempt: 1, at: Date(timeIntervalSince1970: 1), type: "Oops", message: "once")
        for failure in [
            TaskFailure(type: "Oops", message: "it broke"), TaskFailure(type: "Oops", module: "M", message: ""),
            TaskFailure(type: "Oops", message: "a", arguments: ["b", 1], traceback: "at 1", history: [attempt]),
        ] {
            #expect(reread(.failure(failure)) == .failure(failure))
            #expect(reread(.revoked(failure)) == .revoked(failure))
        }
    }

    @Test(
        "the text of a result is not touched",
        arguments: [#"{"b": 1.0, "a": []}"#, "[ ]", "NaN", "12345678901234567890", #""\ud800""#])
    func keepsText(text: String) {
        #expect(reread(.success(Array(text.utf8))) == .success(Array(text.utf8)))
    }

    @Test(
        "what is no part has failed, and says so",
        arguments: ["", "{}", "[1]", #"[1, "a", "SUCCESS"]"#, "[1, 2, 3, 4]", "\u{0}celery-compressed\u{0}"])
    func unreadable(text: String) {
        let part = ChordMember.decode(Array(text.utf8), index: 3, orID: "g[3]")
        #expect(part.index == 3)
        guard case .failure(let failure) = part.result else {
            Issue.record("\(part)")
            return
        }
        #expect(failure.type == "DecodeError")
    }

    @Test("a result that is no JSON fails its part, and spoils no other text")
    func noJSON() throws {
        let text = ChordMember.encode(report(.success(Array("2, 3".utf8))))
        #expect(try JSONValue(parsing: text)[2] == "FAILURE")
    }

    @Test("a saved group is read and written back, parents and all")
    func savedGroups() throws {
        let chain = CanvasResult("c", parents: [CanvasResult("b", members: [CanvasResult("x")]), CanvasResult("a")])
        let group = CanvasResult("g", members: [chain, CanvasResult("h", members: [CanvasResult("i")])])
        #expect(try SavedGroup.decode(SavedGroup.encode(group)) == group)
        let commands = try Fixture("chord-complex-header").document["commands"]?.arrayValue ?? []
        let saved = try #require(commands.compactMap { $0[2]?.stringValue }.first { $0.hasPrefix(#"{"result""#) })
        let recorded = try SavedGroup.decode(Array(saved.utf8))
        #expect(recorded.leaves.count == 3)
        #expect(try JSONValue(parsing: SavedGroup.encode(recorded)) == JSONValue(parsing: saved))
    }

    @Test(
        "what is no saved group is refused",
        arguments: ["", "[]", "{}", #"{"result": 5}"#, #"{"result": []}"#, #"{"result": [[["a"]]]}"#])
    func noGroup(text: String) {
        #expect(throws: CeleriacError.self) { try SavedGroup.decode(Array(text.utf8)) }
    }
}
