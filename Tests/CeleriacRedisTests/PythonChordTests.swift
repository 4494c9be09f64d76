import CeleriacCore
import CeleriacWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("Chords shared with Celery", .oneServer, .timeLimit(.minutes(15)), .enabled(if: Python.isThere))
struct PythonChordTests {
    /// Celery's own backend, given the end of a call as its worker gives it.
    private static let heading = """
        from types import SimpleNamespace
        app.conf.task_default_queue = 'celery'

        @app.task(name='tasks.sum')
        def total(numbers): return sum(numbers)

        body = json.loads('\(String(decoding: ChordOpening.sampleBody, as: UTF8.self))')

        def end(id, index, state, result):
            app.backend.mark_as_done(id, result) if state == 'SUCCESS' else None
            request = SimpleNamespace(id=id, group='g', group_index=index, chord=body)
            app.backend.on_chord_part_return(request, state, result)


        """

    private func store(_ prefix: String) throws -> RedisStore {
        try Stores.inResults(prefix: prefix)
    }

    private func opening(size: Int, _ header: CanvasResult? = nil) -> ChordStep {
        .open(.sample("g", size: size, header: header, expires: Date().adding(.days(1))))
    }

    private func part(_ index: Int, _ id: TaskID) -> ChordStep {
        .part(.sample("g", index, id, expires: Date().adding(.days(1))))
    }

    @Test("Celery launches the chord that Swift opened, with the parts of both in their order")
    func pythonLaunches() async throws {
        let prefix = Stores.prefix()
        let store = try store(prefix)
        try await store.take([opening(size: 2), part(1, "swift")])
        _ = try await Python.run(Self.heading + "end('python', 0, 'SUCCESS', 7)", prefix: prefix)
        let message = try #require(try await store.consume { try await $0.claim().first })
        #expect(message.id == "body")
        #expect(try JSONValue(parsing: message.envelope.body)[0] == [[7, 1]])
        #expect(try await store.progress(ofChord: "g") == ChordProgress(size: 2, arrived: 2, isLaunched: true))
        try await store.take([part(1, "swift")])
        #expect(try await store.claimChords(upTo: 5, lease: .seconds(10)).isEmpty)
        await store.close()
    }

    @Test("Celery joins a nested header that Swift saved")
    func pythonJoinsNested() async throws {
        let prefix = Stores.prefix()
        let store = try store(prefix)
        let inner = CanvasResult(
            "inner", members: [CanvasResult("b", parents: [CanvasResult("p")]), CanvasResult("c")])
        try await store.take([opening(size: 3, CanvasResult("g", members: [CanvasResult("a"), inner]))])
        let script = "for index, id in enumerate('abc'): end(id, index, 'SUCCESS', index)"
        _ = try await Python.run(Self.heading + script, prefix: prefix)
        let message = try #require(try await store.consume { try await $0.claim().first })
        #expect(try JSONValue(parsing: message.envelope.body)[0] == [[0, [1, 2]]])
        await store.close()
    }

    @Test("Celery fails the body by a part that failed in Swift")
    func pythonFails() async throws {
        let prefix = Stores.prefix()
        let store = try store(prefix)
        var report = ChordReport.sample("g", 0, "swift", expires: Date().adding(.days(1)))
        report.result = .failure(TaskFailure(type: "MailError", module: "Signup", message: "greylisted"))
        try await store.take([opening(size: 2), .part(report)])
        _ = try await Python.run(Self.heading + "end('python', 1, 'SUCCESS', 7)", prefix: prefix)
        let failure = try #require(try await store.record(of: "body")?.failure)
        #expect(failure.type == "ChordError")
        #expect(failure.message == "Dependency swift raised MailError('greylisted')")
        #expect(try await store.progress(ofChord: "g")?.isLaunched == true)
        await store.close()
    }

    @Test("Swift claims the chord that Celery opened, with what failed and what was revoked there")
    func swiftClaims() async throws {
        let prefix = Stores.prefix()
        let store = try store(prefix)
        let script = """
            from celery.exceptions import TaskRevokedError
            from celery.result import AsyncResult, GroupResult
            header = GroupResult('g', [GroupResult('h', [AsyncResult('a')]), AsyncResult('b'), AsyncResult('c')])
            app.backend.set_chord_size('g', 3)
            app.backend.apply_chord(('g', header.results), None)
            end('a', 0, 'FAILURE', KeyError('x', 1))
            end('b', 1, 'REVOKED', TaskRevokedError('expired'))
            """
        _ = try await Python.run(Self.heading + script, prefix: prefix)
        try await store.take([part(2, "c")])
        let chord = try #require(try await store.claimChords(upTo: 5, lease: .seconds(10)).first)
        #expect(chord.size == 3)
        #expect(chord.lastID == "c")
        #expect(chord.body == ChordOpening.sampleBody)
        let inner = CanvasResult("h", members: [CanvasResult("a")])
        #expect(chord.header == CanvasResult("g", members: [inner, CanvasResult("b"), CanvasResult("c")]))
        let parts = chord.parts.sorted { ($0.index ?? .max) < ($1.index ?? .max) }
        let key = TaskFailure(type: "KeyError", module: "builtins", message: "x, 1", arguments: ["x", 1])
        let revoked = TaskFailure(type: "TaskRevokedError", module: "celery.exceptions", message: "expired")
        #expect(parts.map(\.result) == [.failure(key), .revoked(revoked), .success(Array("2".utf8))])
        #expect(try await store.launch(ChordLaunch(groupID: "g", claim: chord.claim)))
        _ = try await Python.run(Self.heading + "end('a', 0, 'SUCCESS', 1)", prefix: prefix)
        #expect(try await store.raw("EXISTS", "\(prefix)celery-taskset-meta-g.j").integer == 0)
        await store.close()
    }
}
