#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

extension Check where Subject == any ScheduleBroker {
    /// The question that the beat asks before it publishes a tick of an entry that skips overlaps: whether the last
    /// call has ended.
    static var standing: [ScheduleBrokerCheck] {
        [
            ScheduleBrokerCheck("the last call of an entry stands through claims, retries and lapses, until it ends") {
                store, time in
                try await store.begin("a", time)
                try expect(await store.isStanding("call", of: "a"), is: true, "while it waits")
                try await store.consume { consumer in
                    let first = try await consumer.claim()
                    try expect(await store.isStanding("call", of: "a"), is: true, "while it runs")
                    let due = time.now.adding(.seconds(10))
                    _ = try await consumer.settle(first, .retry(first.envelope.next, notBefore: due))
                    try expect(await store.isStanding("call", of: "a"), is: true, "while its retry is delayed")
                    await time.advance(by: .seconds(10))
                    try expect(await store.isStanding("call", of: "a"), is: true, "once its retry is due")
                    _ = try await consumer.settle(await consumer.claim(), .release())
                    try expect(await store.isStanding("call", of: "a"), is: true, "once it was given back")
                    let later = time.now.adding(.seconds(10))
                    _ = try await consumer.settle(await consumer.claim(), .release(notBefore: later))
                    try expect(await store.isStanding("call", of: "a"), is: true, "once it was put off")
                    await time.advance(by: .seconds(10))
                    _ = try await consumer.claim()
                    await time.advance(by: lease)
                    try expect(await store.isStanding("call", of: "a"), is: true, "once its lease has lapsed")
                    let last = try await consumer.claim()
                    try expect(await store.isStanding("call", of: "a"), is: true, "while it runs again")
                    _ = try await consumer.settle(last, .ack)
                }
                try expect(await store.isStanding("call", of: "a"), is: false, "once it has ended")
            },
            ScheduleBrokerCheck("a call that is delayed stands, and no longer once it is purged") { store, time in
                try await store.begin("a", time, notBefore: time.now.adding(.hours(1)))
                try expect(await store.isStanding("call", of: "a"), is: true, "while it is delayed")
                await time.advance(by: .hours(1))
                try expect(await store.isStanding("call", of: "a"), is: true, "once it is due")
                _ = try await store.purge(.default)
                try expect(await store.isStanding("call", of: "a"), is: false, "after a purge")
            },
            ScheduleBrokerCheck("a dead call does not stand") { store, time in
                try await store.begin("a", time)
                try await store.consume { consumer in
                    _ = try await consumer.settle(await consumer.claim(), .deadLetter(reason: "no"))
                }
                try expect(await store.isStanding("call", of: "a"), is: false, "as a dead letter")
            },
            ScheduleBrokerCheck("calls of other entries, and unique ones, stand for themselves") { store, time in
                for name in ["a", "b"] { try await store.put(.everyMinute(name)) }
                try await store.begin("a", time, unique: .untilDone)
                try await store.begin("b", time, id: "other")
                try await store.consume { consumer in
                    let delivery = try await consumer.claim()
                    try expect(delivery.id, is: "call", "claimed")
                    _ = try await consumer.settle(delivery, .ack)
                }
                try expect(await store.isStanding("call", of: "a"), is: false, "the call that has ended")
                try expect(await store.isStanding("other", of: "b"), is: true, "the one that waits")
                let report = try await store.publish([.sample("next", unique: .untilDone)])
                try expect(report.duplicates, is: [:], "duplicates")
            },
        ]
    }
}

extension ScheduleBroker {
    /// Publishes a call of an entry outside its schedule.
    fileprivate func begin(
        _ entry: String, _ time: ManualTime, id: TaskID = "call", notBefore: Date? = nil, unique: UniqueClaim? = nil
    ) async throws {
        try await put(.everyMinute(entry))
        let record = try require(await scheduleRecord(of: entry), "the record of \(entry)")
        let call = Publication.sample(id, notBefore: notBefore, unique: unique)
        let step = ScheduleStep(of: record, through: nil, publishing: [call], at: time.now)
        try expect(await take(step), is: PublishReport(), "report")
    }
}
