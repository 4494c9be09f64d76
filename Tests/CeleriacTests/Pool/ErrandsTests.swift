import CeleriacCore
@testable import CeleriacPool
import CeleriacTesting
import Synchronization
import Testing

@Suite("errands of a pool", .timeLimit(.minutes(1)))
struct ErrandsTests {
    @Test("finishing waits for all that were started")
    func finishing() async {
        let errands = Errands()
        let door = Gate()
        let ended = Guarded(0)
        for _ in 0..<10 {
            errands.start {
                try await door.wait()
                ended.withLock { $0 += 1 }
            }
        }
        async let finished: Void = errands.finish()
        door.open()
        await finished
        #expect(ended.withLock { $0 } == 10)
    }

    @Test("cancelling ends those that wait, which go no further")
    func cancelling() async throws {
        let errands = Errands()
        let time = ManualTime()
        let went = Guarded(false)
        errands.start {
            try await time.sleep(for: .seconds(1))
            went.withLock { $0 = true }
        }
        try await time.untilSleepers(1)
        errands.cancel()
        await errands.finish()
        #expect(time.sleeperCount == 0)
        #expect(!went.withLock { $0 })
    }

    @Test("an error of one leaves the others alone")
    func failing() async {
        let errands = Errands()
        let ended = Guarded(false)
        errands.start { throw CancellationError() }
        errands.start { ended.withLock { $0 = true } }
        await errands.finish()
        #expect(ended.withLock { $0 })
    }

    @Test("nothing is started after the end")
    func late() async {
        let errands = Errands()
        await errands.finish()
        let started = Guarded(false)
        errands.start { started.withLock { $0 = true } }
        await errands.finish()
        #expect(!started.withLock { $0 })
    }
}
