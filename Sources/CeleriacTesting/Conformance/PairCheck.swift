#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Celeriac
public import CeleriacCore

/// A promise of every ``Backend`` whose result backend has the abilities that its broker lacks: an app and its workers
/// use them.
///
/// It applies to a ``PlainBroker`` paired with a store, and to a pair of two whole stores. Both run on the check's
/// clock.
public typealias PairCheck = Check<Backend>

extension Check where Subject == Backend {
    public static var all: [PairCheck] { revoking + limiting + directory + letters + chords + ticks }

    private static var revoking: [PairCheck] {
        [
            PairCheck(
                "a call that is revoked before it is claimed does not run, and is REVOKED"
            ) { backend, time in
                let field = try PairField(backend, time)
                let result = try await field.app.send(field.add(1, 2))
                try await result.revoke()
                try await field.drain()
                try expect(await result.state, is: .revoked, "state")
                try expect(await result.record?.failure?.type, is: "TaskRevokedError", "failure")
                try expect(field.journal, is: [], "runs")
            },
            PairCheck(
                "a waiting call that is revoked is REVOKED once its message is removed, by the broker or by a worker; a running one is not"
            ) { backend, time in
                let field = try PairField(backend, time)
                let results = [try await field.app.send(field.add(1, 2)), try await field.app.send(field.add(3, 4))]
                try await backend.broker.consume { consumer in
                    let running = try await consumer.claim()
                    let waiting = try require(results.first { $0.id != running.id }, "a call that waits")
                    for result in results { try await result.revoke() }
                    // A broker without an index by id leaves the message in its queue.
                    if try await backend.broker.counts(of: .default).ready == 1 { try await field.drain() }
                    try expect(await waiting.state, is: .revoked, "state of the call that waited")
                    // A result backend that has not heard of the start takes it for a call that waits.
                    if backend.brokerSeesRevocations {
                        let isRevoked = try await field.app.result(of: running.id, as: Int.self).state == .revoked
                        try expect(isRevoked, is: false, "the running call is REVOKED")
                    }
                    try expect(await consumer.extendLeases([running.receipt], by: lease), is: [], "receipts lost")
                }
                try expect(field.journal, is: [], "runs")
            },
            PairCheck("a call that is revoked before it is sent does not run") { backend, time in
                let field = try PairField(backend, time)
                try await field.app.revoke(["early"])
                let result = try await field.app.send(field.add(1, 2).with(CallOptions(id: "early")))
                try await field.drain()
                try expect(await result.state, is: .revoked, "state")
                try expect(field.journal, is: [], "runs")
            },
        ]
    }

    private static var limiting: [PairCheck] {
        [
            PairCheck("a rate limit is shared by all workers, if one of the stores shares any") { backend, time in
                guard backend.limiter != nil else { return }
                let field = try PairField(backend, time)
                for n in 1...3 { try await field.app.send(field.limited(n)) }
                try await field.drain()
                try await field.drain()
                try expect(field.journal, is: ["limited 1"], "runs of the first minute")
                await time.advance(by: .minutes(1))
                try await field.drain()
                try expect(field.journal.count, is: 2, "runs of the second minute")
            }
        ]
    }

    private static var directory: [PairCheck] {
        [
            PairCheck(
                "a worker is in the directory while it runs, and is gone once it has ended and its heartbeat has expired"
            ) { backend, time in
                let field = try PairField(backend, time)
                let directory = try backend.require(.directory)
                let worker = Worker(field.app, options: WorkerOptions(concurrency: 1, lease: lease))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await worker.run() }
                    while try await directory.workers().isEmpty { await time.settle() }
                    try expect(await directory.workers().first?.tasks.contains("pair.add"), is: true, "its tasks")
                    group.cancelAll()
                    try await group.waitForAll()
                }
                await time.advance(by: .minutes(1))
                try expect(await directory.workers(), is: [], "workers once it has ended")
            }
        ]
    }

    private static var letters: [PairCheck] {
        [
            PairCheck("a call that fails for good is a dead letter, and runs again once it is requeued") {
                backend, time in
                let field = try PairField(backend, time)
                let result = try await field.app.send(field.breaks(7))
                try await field.drain()
                let store = try backend.require(.deadLetters)
                let letter = try require(await store.deadLetters(in: nil, after: nil, limit: 10).first, "a dead letter")
                try expect(letter.envelope.id, is: result.id, "its call")
                try expect(letter.reason.contains("PairMishap"), "its reason: \(letter.reason)")
                try expect(await result.state, is: .failure, "state")
                try expect(await store.requeue([letter.id]), is: [letter.id], "what was requeued")
                try await field.drain()
                try expect(await result.state, is: .success, "state of the second run")
                try expect(
                    await store.deadLetters(in: nil, after: nil, limit: 10).count, is: 0, "letters that are left")
            },
            PairCheck("a letter that is buried twice stands once, and another of its id beside it") { backend, time in
                guard let archive = backend.archive else { return }
                let envelope = Publication.sample("call").envelope
                let letter = DeadLetter(envelope: envelope, queue: "mail", reason: "no", diedAt: time.now)
                for _ in 0..<2 { try await archive.bury([letter]) }
                let found = try await archive.deadLetters(in: "mail", after: nil, limit: 10)
                try expect(found.map(\.reason), is: ["no"], "letters")
                try expect(found.first?.diedAt, is: time.now, "when it died")
                try expect(found.first?.envelope.headers.task, is: envelope.headers.task, "its task")
                await time.advance(by: .seconds(1))
                let other = DeadLetter(
                    envelope: envelope.next, queue: "mail", reason: "again",
                    diedAt: time.now)
                try await archive.bury([other])
                let both = try await archive.deadLetters(in: "mail", after: nil, limit: 10)
                try expect(both.map(\.reason).sorted(), is: ["again", "no"], "letters of one id")
            },
        ]
    }

    private static var chords: [PairCheck] {
        [
            PairCheck("the body of a chord runs once, with what its parts came to") { backend, time in
                let field = try PairField(backend, time)
                let add = field.add
                let result = try await field.app.send(
                    chord((1...3).map { add($0, 0) }, then: field.sum.then(after: [Int].self)))
                try await field.drain()
                try expect(await result.get(), is: 6, "result")
                try expect(field.journal.filter { $0.hasPrefix("sum") }.count, is: 1, "runs of the body")
            }
        ]
    }
}
