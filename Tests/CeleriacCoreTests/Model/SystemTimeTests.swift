import CeleriacCore
import Testing

@Suite("The system's time")
struct SystemTimeTests {
    @Test("a sleeper wakes as soon as it is cancelled", .timeLimit(.minutes(15)))
    func sleepIsCancellable() async {
        let sleeper = Task { try await SystemTime().sleep(for: .days(1)) }
        await Task.yield()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }

    @Test("thousands of sleepers cancelled while they go to sleep all wake", .timeLimit(.minutes(15)))
    func cancellationRaces() async {
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<2000 {
                group.addTask {
                    do {
                        try await SystemTime().sleep(for: .days(1))
                        return false
                    } catch { return error is CancellationError }
                }
            }
            group.cancelAll()
            for await wasCancelled in group { #expect(wasCancelled) }
        }
    }

    @Test("a task that is cancelled already does not sleep, nor does one that has nothing to wait for")
    func doesNotSleep() async throws {
        try await SystemTime().sleep(for: .zero)
        try await SystemTime().sleep(for: .seconds(-5))
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await SystemTime().sleep(for: .zero)
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
    }

    @Test("a sleep ends, and not before its time", .timeLimit(.minutes(15)))
    func sleepEnds() async throws {
        let time = SystemTime()
        let start = time.uptime
        try await time.sleep(for: .milliseconds(1))
        #expect(time.uptime - start >= .milliseconds(1))
    }

    @Test("uptime never goes back")
    func uptimeIsMonotone() {
        let time = SystemTime()
        var last = time.uptime
        for _ in 0..<10_000 {
            let next = time.uptime
            #expect(next >= last)
            last = next
        }
    }

    @Test("a wait ends at its limit and not before, whichever limits others have", .timeLimit(.minutes(15)))
    func waitsEnd() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for milliseconds in [1, 30, 5, 200, 5, 0, -3] {
                group.addTask {
                    let time = SystemTime()
                    let end = time.uptime + .milliseconds(milliseconds)
                    try await Waiter().wait(until: end, time)
                    #expect(time.uptime >= end)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a wait without end in sight ends when it is rung or cancelled", .timeLimit(.minutes(15)))
    func waitsAreRung() async throws {
        for limit in [Duration.seconds(100_000), .seconds(Int64.max)] {
            let waiters = (0..<200).map { _ in Waiter() }
            let waits = waiters.map { waiter in Task { try await waiter.wait(until: limit, SystemTime()) } }
            for (index, waiter) in waiters.enumerated() {
                if index.isMultiple(of: 2) { waiter.ring() } else { waits[index].cancel() }
            }
            for (index, wait) in waits.enumerated() {
                if index.isMultiple(of: 2) {
                    try await wait.value
                } else {
                    await #expect(throws: CancellationError.self) { try await wait.value }
                }
            }
        }
    }
}
