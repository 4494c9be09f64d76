import CeleriacCore
import CeleriacTesting
import StoreKit
import Testing

@Suite("Waiting for something to change", .timeLimit(.minutes(15)))
struct WakeUpsTests {
    private let wakeUps = WakeUps()

    @Test("a ring during a look is not lost")
    func ringDuringLook() async throws {
        var looks = 0
        let found = try await wakeUps.untilFound([.message("mail")], ManualTime()) { () -> Look<Int> in
            looks += 1
            guard looks == 1 else { return .found(looks) }
            wakeUps.ring(["mail"])
            // The clock stands still: without the ring this would wait forever.
            return .nothing(pause: .seconds(1))
        }
        #expect(found == 2)
        #expect(wakeUps.isEmpty)
    }

    @Test(
        "an event has a waiter until that leaves",
        arguments: [WakeUps.Event.message("mail"), .record("a"), .revocation])
    func leaving(event: WakeUps.Event) {
        let waiter = Waiter()
        wakeUps.add(waiter, for: [event])
        #expect(wakeUps.hasWaiter(for: event) && !wakeUps.hasWaiter(for: .message("other")))
        wakeUps.remove(waiter, for: [event])
        #expect(wakeUps.isEmpty)
    }

    @Test("a claim takes a quarter of what is asked for, but not few, and not too many")
    func share() {
        let share = ClaimShare(atMost: 500)
        #expect([0, 1, 10, 64, 100, 400, 1_000, 5_000].map(share.count) == [1, 1, 10, 64, 64, 100, 250, 500])
    }
}
