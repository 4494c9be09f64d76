import Celeriac
import CeleriacMemory
import CeleriacTesting
import Foundation
import Logging
import Testing

@Suite("A beat whose clock ran ahead", .timeLimit(.minutes(15)))
struct BeatClockTests {
    private let time = ManualTime()
    private let lines = Journal<String>()

    private func makeApp() throws -> TaskApp {
        try TaskApp(
            Backend(MemoryStore(time: time)), options: AppOptions(discoversTasks: false), time: time,
            logger: Logger(label: "test") { [lines] _ in WarningLog(lines) })
    }

    @Test("goes on once it is set right, restarted or not, and says so once", arguments: [false, true])
    func goesOn(isRestarted: Bool) async throws {
        let app = try makeApp()
        for name in ["a", "b"] { try await app.timetable.put(.every(10, name)) }
        try await withBeats([app]) {
            try await time.pass(10)
            time.setClock(by: .hours(1))
            try await time.pass(10)
            guard !isRestarted else { return }
            time.setClock(by: .hours(-1))
            try await time.pass(30)
        }
        if isRestarted {
            time.setClock(by: .hours(-1))
            try await withBeats([app]) { try await time.pass(30) }
        }
        let ticks = try await app.ticks()
        #expect(ticks.sorted() == [10, 20, 30, 40, 50, 3610, 3620].flatMap { [$0, $0] })
        #expect(lines.entries.count == 1)
        #expect(lines.entries.first?.contains("lies in the future") == true)
    }

    @Test("begins an entry that it put while it was ten years ahead")
    func begins() async throws {
        let app = try makeApp()
        time.setClock(by: .days(3653))
        try app.schedule(.every(10))
        try await withBeats([app]) { try await time.pass(5) }
        time.setClock(by: .days(-3653))
        try await withBeats([app]) { try await time.pass(30) }
        #expect(try await app.ticks().count == 3)
    }
}
