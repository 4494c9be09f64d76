import CeleriacCore
@testable import CeleriacPool
import CeleriacTesting
import Testing

@Suite("errands of a pool", .timeLimit(.minutes(15)))
struct ErrandsTests {
    @Test("finishing waits for all that were started")
    func finishing() async {
        let errands = Errands()
        let door = Gate()
        let ended = Journal<Int>()
        for _ in 0..<10 {
            errands.start {
                try await door.wait()
                ended.write(1)
            }
        }
        async let finished: Void = errands.finish()
        door.open()
        await finished
        #expect(ended.entries.count == 10)
    }

    @Test("cancelling ends those that wait, which go no further")
    func cancelling() async throws {
        let errands = Errands()
        let time = ManualTime()
        let went = Journal<Bool>()
        errands.start {
            try await time.sleep(for: .seconds(1))
            went.write(true)
        }
        try await time.untilSleepers(1)
        errands.cancel()
        await errands.finish()
        #expect(time.sleeperCount == 0)
        #expect(went.entries.isEmpty)
    }

    @Test("an error of one leaves the others alone")
    func failing() async {
        let errands = Errands()
        let ended = Journal<Bool>()
        errands.start { throw CancellationError() }
        errands.start { ended.write(true) }
        await errands.finish()
        #expect(ended.entries == [true])
    }

    @Test("nothing is started after the end")
    func late() async {
        let errands = Errands()
        await errands.finish()
        let started = Journal<Bool>()
        errands.start { started.write(true) }
        await errands.finish()
        #expect(started.entries.isEmpty)
    }
}
