@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCore
@testable import CeleriacPool
import Foundation
import Testing

/// Which child runs what, and who is to blame when one dies: without processes.
@Suite("pool of children")
struct PoolStateTests {
    @Test("as many children are started as are wanted, and work waits until one is ready")
    func staffing() throws {
        var pool = try PoolUnderTest(count: 2)
        let launches = pool.state.staff()
        #expect(launches.launches == [false, false])
        let (first, second, third) = (pool.run(), pool.run(), pool.run())
        for run in [first, second, third] { #expect(pool.state.submit(run).isEmpty) }
        let (children, actions) = pool.launch(launches)
        #expect(actions.assignments == [1: 1, 2: 2])
        let next = pool.state.end(1, in: children[0])
        #expect(next.assignments == [3: 1])
    }

    @Test("the child with the fewest tasks gets the next one")
    func spreading() throws {
        var pool = try PoolUnderTest(count: 2, perChild: 2)
        _ = pool.launch(pool.state.staff())
        let children = (0..<4).map { _ in pool.state.submit(pool.run()).assignments.values.first }
        #expect(children == [1, 2, 1, 2])
        #expect(pool.state.submit(pool.run()).isEmpty)
    }

    @Test("a task that was alone in a child that crashed is to blame, and the child is replaced at once")
    func lone() throws {
        var pool = try PoolUnderTest()
        let (children, _) = pool.launch(pool.state.staff())
        _ = pool.state.submit(pool.run())
        let actions = pool.state.died(children[0], PoolUnderTest.trap, isOutOfMemory: false)
        #expect(actions.outcomes[1]?.isBlamed == true)
        #expect(actions.launches == [false])
        guard case .crashed(let loss) = actions.outcomes[1] else { return }
        #expect(loss.failure.type == "WorkerLostError" && loss.failure.module == "billiard.exceptions")
        #expect(loss.failure.message.contains("SIGILL") && loss.failure.message.contains("30.0 MiB"))
        #expect(loss.failure.traceback?.contains("about to look") == true)
    }

    @Test("of several tasks in a child that crashed each is run alone, and the one that crashes again is to blame")
    func quarantine() throws {
        var pool = try PoolUnderTest(perChild: 3)
        let (children, _) = pool.launch(pool.state.staff())
        for _ in 0..<3 { _ = pool.state.submit(pool.run()) }
        let death = pool.state.died(children[0], PoolUnderTest.trap, isOutOfMemory: false)
        #expect(death.outcomes.isEmpty)
        #expect(death.launches.sorted { !$0 && $1 } == [false, true])
        let (fresh, first) = pool.launch(death)
        let ward = try #require(fresh.first { $0.isQuarantine })
        #expect(first.assignments == [1: ward.number])
        let second = pool.state.end(1, in: ward)
        #expect(second.assignments == [2: ward.number])
        let crash = pool.state.died(ward, PoolUnderTest.trap, isOutOfMemory: false)
        #expect(crash.outcomes.keys.sorted() == [2] && crash.outcomes[2]?.isBlamed == true)
        #expect(crash.launches == [true])
        let (wards, third) = pool.launch(crash)
        #expect(third.assignments == [3: wards[0].number])
        let end = pool.state.end(3, in: wards[0])
        #expect(end.outcomes.count == 1)
        #expect(pool.state.members[wards[0].number]?.status == .retiring)
    }

    @Test("what is killed by order fails, and so does what ran beside it and was killed with it")
    func killed() throws {
        var pool = try PoolUnderTest(perChild: 3)
        let (children, _) = pool.launch(pool.state.staff())
        let runs = (0..<3).map { _ in pool.run() }
        for run in runs { _ = pool.state.submit(run) }
        for run in runs.prefix(2) { run.run.handle.cancel(because: .killed) }
        let actions = pool.state.kill(runs[0], .termination(1), by: SIGKILL)
        #expect(actions.contains { if case .signal(let child, SIGKILL) = $0 { child === children[0] } else { false } })
        let outcomes = pool.state.died(children[0], PoolUnderTest.killed, isOutOfMemory: false).outcomes
        for number in [1, 2] as [UInt64] {
            guard case .failure(let failure, .retry) = outcomes[number] else {
                Issue.record("run \(number) came to \(String(describing: outcomes[number]))")
                continue
            }
            #expect(failure.type == "WorkHorseKilled")
        }
        // It had not been told: another start, uncounted.
        #expect(outcomes[3]?.isInterrupted == true)
    }

    @Test("what was acknowledged before it ran is not run a second time to find who crashed its child")
    func earlySuspect() throws {
        var pool = try PoolUnderTest(perChild: 2)
        let (children, _) = pool.launch(pool.state.staff())
        _ = pool.state.submit(pool.run(.early))
        _ = pool.state.submit(pool.run())
        let death = pool.state.died(children[0], PoolUnderTest.trap, isOutOfMemory: false)
        guard case .discarded(let failure) = death.outcomes[1] else {
            Issue.record("the early one came to \(String(describing: death.outcomes[1]))")
            return
        }
        #expect(failure.type == "WorkerLostError")
        #expect(death.outcomes[2] == nil)
    }

    @Test("nobody is to blame for a child that somebody else killed")
    func foreignKill() throws {
        var pool = try PoolUnderTest(perChild: 2)
        let (children, _) = pool.launch(pool.state.staff())
        for _ in 0..<2 { _ = pool.state.submit(pool.run()) }
        let death = pool.state.died(children[0], PoolUnderTest.killed, isOutOfMemory: false)
        #expect(death.outcomes.count == 2)
        #expect(death.outcomes.values.allSatisfy { !$0.isBlamed })
        #expect(death.launches == [false])
    }

    @Test("the system's killing for want of memory is a crash like another")
    func outOfMemory() throws {
        var pool = try PoolUnderTest()
        let (children, _) = pool.launch(pool.state.staff())
        _ = pool.state.submit(pool.run())
        let death = pool.state.died(children[0], PoolUnderTest.killed, isOutOfMemory: true)
        #expect(death.outcomes[1]?.isBlamed == true)
    }

    @Test("a hard limit kills the child; the others in it are given back uncounted")
    func hardLimit() throws {
        var pool = try PoolUnderTest(perChild: 2)
        let (children, _) = pool.launch(pool.state.staff())
        let (slow, other) = (pool.run(), pool.run())
        _ = pool.state.submit(slow)
        _ = pool.state.submit(other)
        let kill = pool.state.kill(slow, .timeLimit(slow.number, .seconds(5)), by: SIGKILL)
        #expect(kill.contains { if case .signal(let child, SIGKILL) = $0 { child === children[0] } else { false } })
        // The replacement is on its way before the old one is dead.
        #expect(kill.launches == [false])
        let death = pool.state.died(children[0], PoolUnderTest.killed, isOutOfMemory: false)
        guard case .failure(let failure, _) = death.outcomes[slow.number] else {
            Issue.record("the slow one came to \(String(describing: death.outcomes[slow.number]))")
            return
        }
        #expect(failure.type == "TimeLimitExceeded" && failure.arguments == [5])
        #expect(death.outcomes[other.number]?.isInterrupted == true)
        #expect(death.launches.isEmpty)
    }

    @Test("of outcomes that come together each is its run's own, and as many waiting runs start at once")
    func endingTogether() throws {
        var pool = try PoolUnderTest(perChild: 4)
        let (children, _) = pool.launch(pool.state.staff())
        for _ in 0..<10 { _ = pool.state.submit(pool.run()) }
        let ends = (1...3).map { number in
            ChildOutcome(number: number, end: RunEnd(.success([UInt8(number)])), residentBytes: 0)
        }
        // An outcome of a run that is not in the child changes nothing.
        let stray = ChildOutcome(number: 9, end: RunEnd(.interrupted), residentBytes: 0)
        let actions = pool.state.end(ends + [stray], in: children[0])
        #expect(actions.outcomes.count == 3)
        for (number, outcome) in actions.outcomes {
            guard case .success([UInt8(number)]) = outcome else {
                Issue.record("run \(number) came to \(outcome)")
                continue
            }
        }
        #expect(actions.assignments == [5: 1, 6: 1, 7: 1])
    }

    @Test("a child that crashes in the midst of a batch takes down only what had not ended in it")
    func crashInABatch() throws {
        var pool = try PoolUnderTest(perChild: 5)
        let (children, _) = pool.launch(pool.state.staff())
        // The last one waits until two have ended.
        for _ in 0..<6 { _ = pool.state.submit(pool.run()) }
        let ends = [1, 3].map { ChildOutcome(number: $0, end: RunEnd(.success([])), residentBytes: 0) }
        #expect(pool.state.end(ends, in: children[0]).assignments == [6: 1])
        let death = pool.state.died(children[0], PoolUnderTest.trap, isOutOfMemory: false)
        #expect(death.outcomes.isEmpty)
        #expect(pool.state.suspects.map(\.number) == [2, 4, 5, 6])
    }

    @Test("a run that finds room begins at once, and the first of a batch asks for one write for all")
    func beginning() throws {
        var pool = try PoolUnderTest(perChild: 3)
        #expect(pool.state.begin(pool.run()) == nil)
        _ = pool.launch(pool.state.staff())
        let begun = (0..<4).map { _ in pool.state.begin(pool.run())?.mustFlush }
        #expect(begun == [true, false, false, nil])
        let stopped = pool.run()
        stopped.run.handle.cancel(because: .revoked)
        #expect(pool.state.begin(stopped) == nil)
    }

    @Test("a child is replaced after its last task, without a gap")
    func recycling() throws {
        var pool = try PoolUnderTest(perChild: 2, limits: ChildOptions(maxTasks: 3))
        let (children, _) = pool.launch(pool.state.staff())
        _ = pool.state.submit(pool.run())
        _ = pool.state.submit(pool.run())
        #expect(pool.state.end(1, in: children[0]).launches.isEmpty)
        _ = pool.state.submit(pool.run())
        let end = pool.state.end(2, in: children[0])
        #expect(end.launches == [false])
        #expect(pool.state.members[1]?.status == .retiring)
        // What runs in it comes to its end.
        #expect(pool.state.end(3, in: children[0]).outcomes.count == 1)
        #expect(pool.state.died(children[0], PoolUnderTest.left, isOutOfMemory: false).outcomes.isEmpty)
    }

    @Test("a child that holds too much memory is replaced")
    func fatChild() throws {
        var pool = try PoolUnderTest(limits: ChildOptions(maxMemory: 1000))
        let (children, _) = pool.launch(pool.state.staff())
        _ = pool.state.submit(pool.run())
        #expect(pool.state.end(1, residentBytes: 1001, in: children[0]).launches == [false])
        #expect(pool.state.members[1]?.status == .retiring)
    }

    @Test("the pool grows and shrinks; what runs is left to end")
    func resizing() throws {
        var pool = try PoolUnderTest(count: 1)
        _ = pool.launch(pool.state.staff())
        let growth = pool.state.resize(to: 3)
        #expect(growth.launches == [false, false])
        _ = pool.launch(growth)
        let run = pool.state.submit(pool.run()).assignments
        _ = pool.state.resize(to: 1)
        let ready = pool.state.members.filter { $0.value.status == .ready }
        #expect(ready.count == 1 && ready.keys.first == run[1])
    }

    @Test("children that die before they are ready are started after a pause; three are a reason to give up")
    func hopeless() throws {
        var pool = try PoolUnderTest()
        var launches = pool.state.staff()
        var problem: String?
        for death in 1...3 {
            guard case .launch(let number, _) = try #require(launches.first) else { return }
            let child = Child(number: number, pid: 1, isQuarantine: false, writer: ChannelWriter(-1))
            _ = pool.state.launched(child)
            let end = ChildEnd(signal: nil, code: 64, peakBytes: 0, lines: ["usage: no such thing"])
            let actions = pool.state.died(child, end, isOutOfMemory: false)
            #expect(actions.launches.isEmpty)
            #expect(
                actions.contains { if case .launchLater(false, death) = $0 { true } else { false } })
            for case .opened(.impossible(let text)) in actions { problem = text }
            launches = pool.state.launchAgain(isQuarantine: false)
        }
        #expect(problem?.contains("exit code 64") == true && problem?.contains("before it was ready") == true)
    }

    @Test("a pool of no child has one, so that it comes to be ready")
    func neverEmpty() throws {
        var pool = try PoolUnderTest(count: 0)
        #expect(pool.state.staff().launches == [false])
        #expect(pool.state.resize(to: 0).launches.isEmpty)
        #expect(pool.state.target == 1)
    }

    @Test("a start that is given up kills the child that is not ready, and opens the pool no more")
    func abandoned() throws {
        var pool = try PoolUnderTest()
        guard case .launch(let number, _) = try #require(pool.state.staff().first) else { return }
        let child = Child(number: number, pid: 1, isQuarantine: false, writer: ChannelWriter(-1))
        _ = pool.state.launched(child)
        let actions = pool.state.abandonStart()
        #expect(actions.openings == [.abandoned])
        #expect(actions.contains { if case .signal(let killed, SIGKILL) = $0 { killed === child } else { false } })
        #expect(pool.state.ready(child).openings.isEmpty)
        let end = pool.state.died(child, PoolUnderTest.killed, isOutOfMemory: false)
        #expect(end.contains { if case .closed = $0 { true } else { false } })
    }

    @Test("a pool that is ready has no start to give up")
    func notAbandoned() throws {
        var pool = try PoolUnderTest()
        #expect(pool.launch(pool.state.staff()).actions.openings == [.ready])
        #expect(pool.state.abandonStart().isEmpty)
        #expect(!pool.state.isStopping)
    }

    @Test("at the end what waits is given back, what is idle is sent away, what runs is killed")
    func stopping() throws {
        var pool = try PoolUnderTest(count: 2)
        let (children, _) = pool.launch(pool.state.staff())
        let (first, second, third) = (pool.run(), pool.run(), pool.run())
        for run in [first, second, third] { _ = pool.state.submit(run) }
        _ = pool.state.end(first.number, in: children[0])
        _ = pool.state.end(third.number, in: children[0])
        let stop = pool.state.stop()
        #expect(stop.contains { if case .signal(let child, _) = $0 { child === children[1] } else { false } })
        #expect(!stop.contains { if case .closed = $0 { true } else { false } })
        #expect(
            pool.state.died(children[1], PoolUnderTest.killed, isOutOfMemory: false).outcomes[2]?.isInterrupted == true)
        let last = pool.state.died(children[0], PoolUnderTest.left, isOutOfMemory: false)
        #expect(last.contains { if case .closed = $0 { true } else { false } })
        #expect(pool.state.submit(pool.run()).outcomes.values.first?.isInterrupted == true)
    }

    @Test("a program that runs tests is not started as its own child")
    func testBundle() async throws {
        let worker = Worker(try makeApp(), options: WorkerOptions(pool: .processes(count: 1), burst: true))
        let error = await #expect(throws: CeleriacError.self) { try await worker.run() }
        #expect(error?.code == .invalidConfiguration && error?.message.contains("tests") == true)
    }
}
