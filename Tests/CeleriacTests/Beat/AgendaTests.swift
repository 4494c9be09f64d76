import CeleriacCore
import Foundation
import Testing

@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker

@Suite("The beat's agenda")
struct AgendaTests {
    @Test("names come up in the order of their last date, each once, on random walks")
    func heap() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var heap = WakeHeap()
            var model: [String: Date] = [:]
            for _ in 0..<400 {
                let name = "\(Int.random(in: 0..<40, using: &generator))"
                let date = Date(timeIntervalSince1970: Double(Int.random(in: 0..<1000, using: &generator)))
                switch Int.random(in: 0..<4, using: &generator) {
                case 0:
                    heap.remove(name)
                    model[name] = nil
                case 1:
                    let taken = heap.takeFirst(notAfter: date)
                    #expect(taken.flatMap { model[$0] } == model.values.min().flatMap { $0 <= date ? $0 : nil })
                    if let taken { model[taken] = nil }
                default:
                    heap.set(name, to: date)
                    model[name] = date
                }
                #expect(heap.first == model.values.min())
            }
        }
    }

    @Test("entries that are as they were keep their place, others get their own")
    func loads() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func record(_ name: String, _ seconds: Int, revision: Int64) -> ScheduleRecord {
            ScheduleRecord(
                entry: ScheduleEntry(name, .every(.seconds(seconds)), task: "t"),
                state: ScheduleState(firstSeen: now, revision: revision))
        }
        var agenda = Agenda()
        agenda.load(
            ScheduleSnapshot(generation: 2, records: [record("a", 10, revision: 1), record("b", 20, revision: 2)]),
            at: now)
        #expect(agenda.nextWake == now.adding(.seconds(10)))
        agenda.load(
            ScheduleSnapshot(generation: 3, records: [record("b", 20, revision: 2), record("c", 30, revision: 3)]),
            at: now)
        #expect(agenda.nextWake == now.adding(.seconds(20)))
        #expect(agenda.takeDue(now.adding(.seconds(29))).map(\.name) == ["b"])
        #expect(agenda.takeDue(now.adding(.seconds(30))).map(\.name) == ["c"])
        #expect(agenda.nextWake == nil)
    }
}
