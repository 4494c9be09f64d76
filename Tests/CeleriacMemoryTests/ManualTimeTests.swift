import CeleriacCore
import CeleriacTesting
import Testing

@Suite("A manual clock")
struct ManualTimeTests {
    @Test("stands still until it is moved")
    func standsStill() async {
        let time = ManualTime()
        let (now, uptime) = (time.now, time.uptime)
        await time.settle()
        #expect(time.now == now && time.uptime == uptime)
        await time.advance(by: .seconds(90))
        #expect(time.now == now.adding(.seconds(90)))
        #expect(time.uptime == uptime + .seconds(90))
    }

    @Test("wakes sleepers in the order of their deadlines, each at its own instant")
    func wakesInOrder() async throws {
        let time = ManualTime()
        let start = time.uptime
        try await withThrowingTaskGroup(of: Duration.self) { group in
            for seconds in [30, 10, 20] {
                group.addTask {
                    try await time.sleep(for: .seconds(seconds))
                    return time.uptime - start
                }
            }
            try await time.untilSleepers(3)
            for seconds in [10, 20, 30] {
                #expect(await time.advanceToNextDeadline() == .seconds(10))
                #expect(try await group.next() == .seconds(seconds))
            }
        }
        #expect(await time.advanceToNextDeadline() == nil)
    }

    @Test("wakes on its way who goes back to sleep", .timeLimit(.minutes(15)))
    func wakesAgain() async throws {
        let time = ManualTime()
        let sleeper = Task {
            for _ in 0..<3 { try await time.sleep(for: .seconds(1)) }
        }
        try await time.untilSleepers(1)
        await time.advance(by: .minutes(1))
        // All three within one advance: nothing is left that only a further one would wake.
        #expect(time.sleeperCount == 0)
        try await sleeper.value
    }

    @Test("wakes a sleeper whose deadline passed before it lay down", .timeLimit(.minutes(15)))
    func deadlinePassed() async throws {
        let time = ManualTime()
        let deadline = time.uptime + .seconds(8)
        await time.advance(by: .seconds(8))
        try await time.sleep(untilUptime: deadline)
        async let woken: Void = time.sleep(untilUptime: deadline + .seconds(2))
        try await time.untilSleepers(1)
        #expect(time.nextDeadline == .seconds(2))
        await time.advance(by: .seconds(2))
        try await woken
    }

    @Test("does not sleep for nothing, nor for less")
    func sleepsNotAtAll() async throws {
        let time = ManualTime()
        try await time.sleep(for: .zero)
        try await time.sleep(for: .seconds(-1))
        #expect(time.sleeperCount == 0)
    }

    @Test("lets a cancelled sleeper go at once")
    func cancels() async throws {
        let time = ManualTime()
        let sleeper = Task { try await time.sleep(for: .days(1)) }
        try await time.untilSleepers(1)
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(time.sleeperCount == 0)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await time.sleep(for: .days(1))
        }
        await #expect(throws: CancellationError.self) { try await late.value }
    }

    @Test("lets go who waits for sleepers and is cancelled")
    func cancelsObservers() async throws {
        let time = ManualTime()
        let observer = Task { try await time.untilSleepers(1) }
        await time.settle()
        observer.cancel()
        await #expect(throws: CancellationError.self) { try await observer.value }
    }

    @Test("may be set like a wall clock, which passes no time")
    func isSet() async {
        let time = ManualTime()
        let (now, uptime) = (time.now, time.uptime)
        time.setClock(by: .hours(-2))
        #expect(time.now == now.adding(.hours(-2)))
        #expect(time.uptime == uptime)
    }
}
