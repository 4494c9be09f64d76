import CeleriacCore
import CeleriacTesting
import StoreKit
import Testing

@Suite("The looks of a consumer", .timeLimit(.minutes(15)))
struct LookOutTests {
    private let wakeUps = WakeUps()
    private let time = ManualTime()
    private let lookOut: LookOut

    init() { lookOut = LookOut(wakeUps, time) }

    private func look(at events: [WakeUps.Event] = [.message("mail")], _ looks: Look<Int>...) async throws -> Int {
        var rest = looks[...]
        return try await lookOut.untilFound(events) { rest.removeFirst() }
    }

    @Test("after a look that found all, the next call waits for a ring before it looks")
    func waitsFirst() async throws {
        #expect(try await look(.foundAll(1, pause: .seconds(1))) == 1)
        #expect(wakeUps.hasWaiter(for: .message("mail")), "it listens between the calls")
        async let next = look(.found(2))
        try await time.untilSleepers(1)
        wakeUps.ring(["mail"])
        #expect(try await next == 2)
        #expect(wakeUps.isEmpty)
    }

    @Test("the wait ends after the pause")
    func pause() async throws {
        #expect(try await look(.foundAll(1, pause: .seconds(1))) == 1)
        async let next = look(.found(2))
        try await time.untilSleepers(1)
        await time.advance(by: .seconds(1))
        #expect(try await next == 2)
    }

    @Test("what rings during that look, or between the calls, is not lost")
    func ringsBefore() async throws {
        // The clock stands still: without the ring the second call would wait forever.
        let found = try await lookOut.untilFound([.message("mail")]) { () -> Look<Int> in
            wakeUps.ring(["mail"])
            return .foundAll(1, pause: .seconds(1))
        }
        #expect(found == 1)
        #expect(try await look(.foundAll(2, pause: .seconds(1))) == 2)
        wakeUps.ring(["mail"])
        #expect(try await look(.found(3)) == 3)
    }

    @Test("a call for other events looks at once, and so does one after a look that found more")
    func looksAtOnce() async throws {
        #expect(try await look(.foundAll(1, pause: .seconds(1))) == 1)
        #expect(try await look(at: [.message("news")], .found(2)) == 2)
        #expect(try await look(.found(3)) == 3)
        #expect(try await look(.found(4)) == 4)
        #expect(wakeUps.isEmpty)
    }

    @Test("nothing listens after an error, a cancellation, or the end")
    func leaves() async throws {
        #expect(try await look(.foundAll(1, pause: .seconds(1))) == 1)
        let waiting = Task { try await look(.found(2)) }
        try await time.untilSleepers(1)
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(wakeUps.isEmpty)
        await #expect(throws: BrokerError.self) {
            try await lookOut.untilFound([.message("mail")]) { () throws -> Look<Int> in
                throw BrokerError(.connectionLost, "lost")
            }
        }
        #expect(wakeUps.isEmpty)
        #expect(try await look(.foundAll(3, pause: .seconds(1))) == 3)
        lookOut.close()
        #expect(wakeUps.isEmpty)
    }
}
