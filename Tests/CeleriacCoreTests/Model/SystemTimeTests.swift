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
}
