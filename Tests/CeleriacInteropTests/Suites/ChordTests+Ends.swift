import Celeriac
import CeleriacCore
import Testing

/// Chords that end otherwise than they should.
extension Interop.ChordTests {
    private static let sides = Interop.Side.allCases.flatMap { first in Interop.Side.allCases.map { (first, $0) } }

    @Test("a part that fails fails the body, whichever side it is on and whichever ends last", arguments: sides)
    func partFails(on failing: Interop.Side, last: Interop.Side) async throws {
        let name = "fails-\(failing)-\(last)"
        let seen = try await python(
            """
            name, gate = '\(name)', scratch('\(name)')
            bad = {'Python': tasks.fail.s('KeyError', 'eggs').set(queue='python'), 'Swift': swift.fail.s('eggs')}
            last = {'Python': tasks.hold.s(gate).set(queue='python'), 'Swift': swift.hold.s(gate)}
            heard = [tasks.echo.s().set(queue='python', task_id=name + '-py-heard'),
                     swift.echo.s().set(task_id=name + '-sw-heard')]
            body = swift.echo.s().set(task_id=name + '-body', link_error=heard)
            r = chord([bad[\(failing.code)].set(task_id=name + '-bad'), last[\(last.code)]])(body)
            state_of(result(name + '-bad'), 'FAILURE')
            before = r.state
            open(gate, 'w').close()
            [before, raised(r)[1], state_of(r, 'FAILURE'), type(r.result).__name__, str(r.result),
             [result(name + side).get(timeout=30) for side in ('-py-heard', '-sw-heard')]]
            """)
        let error = failing == .python ? "KeyError" : "KitchenError"
        let words: JSONValue = .string("Dependency \(name)-bad raised \(error)('eggs')")
        let body: JSONValue = .string("\(name)-body")
        #expect(seen == ["PENDING", .string(error), "FAILURE", "ChordError", words, .array([body, body])])
        let failure = try await failure(of: TaskID("\(name)-body"))
        #expect(failure.type == "ChordError")
        #expect(.string(failure.message) == words)
    }

    @Test("a part that fails fails the end of the chain that is the body", arguments: sides)
    func chainFails(on failing: Interop.Side, last: Interop.Side) async throws {
        let name = "ends-\(failing)-\(last)"
        let seen = try await python(
            """
            name, gate = '\(name)', scratch('\(name)')
            bad = {'Python': tasks.fail.s('KeyError', 'eggs').set(queue='python'), 'Swift': swift.fail.s('eggs')}
            last = {'Python': tasks.hold.s(gate).set(queue='python'), 'Swift': swift.hold.s(gate)}
            body = swift.echo.s() | tasks.echo.s().set(queue='python', task_id=name + '-end')
            r = chord([bad[\(failing.code)].set(task_id=name + '-bad'), last[\(last.code)]])(body)
            state_of(result(name + '-bad'), 'FAILURE')
            open(gate, 'w').close()
            [state_of(r, 'FAILURE'), str(r.result)]
            """)
        let error = failing == .python ? "KeyError" : "KitchenError"
        #expect(seen == ["FAILURE", .string("Dependency \(name)-bad raised \(error)('eggs')")])
        #expect(try await failure(of: TaskID("\(name)-end")).type == "ChordError")
    }

    @Test("a part that fails fails the body of a chord that Swift sent", arguments: Interop.Side.allCases)
    func partFailsForSwift(on failing: Interop.Side) async throws {
        let id = TaskID("bad-for-swift-\(failing)")
        let bad: Signature<Int> =
            switch failing {
            case .python:
                Signature(
                    "py.fail", EncodedArguments(args: ["KeyError", "eggs"]),
                    options: CallOptions(id: id, queue: "python"))
            case .swift: Signature("swift.fail", EncodedArguments(args: ["eggs"]), options: CallOptions(id: id))
            }
        let heard = Step<String, JSONValue>("py.echo", options: CallOptions(id: TaskID("\(id)-heard"), queue: "python"))
        let result = try await app.send(
            chord([swiftAdd(1, 1), bad, pythonAdd(2, 2)], then: body(in: .python)).linkError(heard))
        let error = failing == .python ? "KeyError" : "KitchenError"
        #expect(try await failure(of: result.id).message == "Dependency \(id) raised \(error)('eggs')")
        let told = try await app.result(of: TaskID("\(id)-heard"), as: JSONValue.self).get(timeout: .seconds(30))
        #expect(told == .string(result.id.rawValue))
        #expect(
            try await python("r = result('\(result.id)')\n[r.state, type(r.result).__name__]") == [
                "FAILURE", "ChordError",
            ])
    }

    @Test("a part that was revoked fails the body", arguments: Interop.Side.allCases)
    func revoked(on side: Interop.Side) async throws {
        let seen = try await python(
            """
            name = 'revoked-in-' + \(side.code)
            control.revoke(name)
            wait_until(lambda: sum(name in ids for ids in (inspect(timeout=0.5).revoked() or {}).values()) == 2)
            part = {'Python': tasks.add.s(1, 1).set(queue='python'), 'Swift': swift.add.s(1, 1)}[\(side.code)]
            r = chord([part.set(task_id=name), swift.add.s(2, 2), tasks.add.s(3, 3).set(queue='python')])(
                swift.echo.s().set(task_id=name + '-body'))
            [state_of(result(name), 'REVOKED'), state_of(r, 'FAILURE'), str(r.result)]
            """)
        let name = "revoked-in-\(side.rawValue)"
        let words = "Dependency \(name) raised TaskRevokedError('revoked')"
        #expect(seen == ["REVOKED", "FAILURE", .string(words)])
        #expect(try await failure(of: TaskID("\(name)-body")).message == words)
    }

    @Test("a part that Swift does not know, that has expired or whose arguments do not fit fails the body")
    func neverRun() async throws {
        let seen = try await python(
            """
            bad = [app.signature('swift.nobody'), swift.add.s(1, 1).set(expires=-5), swift.add.s(1, 1, 1),
                   tasks.add.s(1, 1).set(queue='python', expires=-5)]
            sent = [chord([part, tasks.add.s(2, 2).set(queue='python')])(swift.echo.s()) for part in bad]
            reasons = ['swift.nobody', 'TaskRevokedError', 'TypeError', 'TaskRevokedError']
            [[state_of(r, 'FAILURE'), reason in str(r.result) or str(r.result)] for r, reason in zip(sent, reasons)]
            """)
        #expect(seen == .array(Array(repeating: ["FAILURE", true], count: 4)))
    }

    /// Where Python's worker ends the last part of the inner one, it leaves what is around it PENDING.
    @Test(
        "a failure in a chord within a header fails all that is around it, where Swift ends the last part",
        arguments: Interop.Side.allCases)
    func innerFails(on side: Interop.Side) async throws {
        let seen = try await python(
            """
            name = 'inner-in-' + \(side.code)
            gate = scratch(name)
            bad = {'Python': tasks.fail.s('KeyError', 'eggs').set(queue='python'), 'Swift': swift.fail.s('eggs')}
            bad = bad[\(side.code)].set(task_id=name)
            inner = chord([bad, swift.hold.s(gate)], tasks.echo.s().set(queue='python', task_id=name + '-inner'))
            r = chord([inner, swift.add.s(2, 2)])(swift.echo.s().set(task_id=name + '-outer'))
            state_of(result(name), 'FAILURE')
            open(gate, 'w').close()
            [state_of(result(name + '-inner'), 'FAILURE'), state_of(r, 'FAILURE'), type(r.result).__name__,
             str(r.result).startswith('Dependency ' + name + '-inner raised ChordError(')]
            """)
        #expect(seen == ["FAILURE", "FAILURE", "ChordError", true])
    }

    @Test("what a Python worker had claimed when it was killed is launched by a Swift worker, once")
    func killed() async throws {
        let group = try #require(
            try await python(
                """
                shared.doomed = chord([swift.add.s(1, 1), tasks.last_breath.s(5).set(queue='doomed')])(
                    swift.echo.s().set(task_id='survivor'))
                shared.doomed.parent.id
                """
            ).stringValue)
        let keys = "'celery-taskset-meta-\(group)"
        _ = try await python("wait_until(lambda: redis.zcard(\(keys).j') == 1)")
        let doomed = try PythonWorker("doomed", redis: fleet.url, pool: "solo", queues: ["doomed"], scratch: scratch)
        try await doomed.process.waitUntilGone()
        // The claim is its own, and nobody else can have it yet. Half a minute goes by: an open chord is looked at again.
        let left = try await python(
            """
            left = [redis.zcard(\(keys).j'), len(redis.get(\(keys).c')), result('survivor').state]
            redis.zadd('celeriac.chords.open', {'\(group)': 0}, xx=True)
            left
            """)
        #expect(left == [2, 32, "PENDING"])
        #expect(try await python("shared.doomed.get(timeout=120)") == [2, 5])
        #expect(try await python("[redis.get(\(keys).c').decode(), redis.exists(\(keys).j')]") == ["done", 0])
    }

    private func failure(of id: TaskID) async throws -> TaskFailure {
        let result = app.result(of: id, as: JSONValue.self)
        return try #require(
            await #expect(throws: TaskFailure.self) { try await result.get(timeout: .seconds(30)) })
    }
}
