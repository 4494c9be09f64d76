import Celeriac
import CeleriacCore
import CeleriacRQ
import Foundation
import RedisUnderTest
import Testing

extension Interop.RQ {
    /// A Swift worker and one of RQ's on the same queue.
    @Suite("RQ's and Swift's workers on one queue", .serialized)
    struct Mixed: RQLive {
        /// Who ran which of the numbers, in the journal.
        func runs(from first: Int, to last: Int) -> [(worker: Substring, number: Int)] {
            scratch.lines("journal").compactMap { line in
                let words = line.split(separator: " ")
                guard words.count == 2, let number = Int(words[1]), (first...last).contains(number) else { return nil }
                return words[0] == "py" || words[0] == "swift" ? (words[0], number) : nil
            }
        }
    }
}

extension Interop.RQ.Mixed {
    @Test("each of Python's jobs runs once, and both take their part", .timeLimit(.minutes(15)))
    func fromPython() async throws {
        try await python(
            """
            shared.mixed = queue('mixed').enqueue_many(
                [Queue.prepare_data('rqtasks.mark', args=(n,)) for n in range(1000, 1300)])
            """)
        #expect(
            try await python("sorted(value(job) for job in shared.mixed)") == .array((1000..<1300).map { .integer($0) })
        )
        let runs = runs(from: 1000, to: 1299)
        #expect(runs.map(\.number).sorted() == Array(1000..<1300))
        #expect(Set(runs.map(\.worker)) == ["py", "swift"])
    }

    @Test("each of Swift's jobs runs once, whoever runs it, and all are answered", .timeLimit(.minutes(15)))
    func fromSwift() async throws {
        let calls = (2000..<2300).map { Signature<Int>("rqtasks.mark", EncodedArguments(args: [.integer($0)])) }
        for result in try await app.queue("mixed").enqueueMany(calls) { _ = try await result.get(timeout: limit) }
        #expect(runs(from: 2000, to: 2299).map(\.number).sorted() == Array(2000..<2300))
    }

    @Test("a chain of dependents goes from worker to worker", .timeLimit(.minutes(15)))
    func chain() async throws {
        let seen = try await python(
            """
            swift, py = jobs, queue('simple')
            one = swift.enqueue('swift.add', 1, 1)
            two = py.enqueue('rqtasks.add', 2, 2, depends_on=one)
            three = swift.enqueue('swift.add', 3, 3, depends_on=two)
            four = py.enqueue('rqtasks.add', 4, 4, depends_on=[two, three])
            [value(four), [job.get_status(refresh=True).value for job in (one, two, three)]]
            """)
        #expect(seen == [8, ["finished", "finished", "finished"]])
    }

    @Test("one rate limit holds for both", .timeLimit(.minutes(15)))
    func rateLimit() async throws {
        let seen = try await python(
            """
            limit = RateLimit('both', 1)
            one, path = held(rate_limit=limit)
            two = queue('simple').enqueue('rqtasks.add', 1, 1, rate_limit=limit)
            three = jobs.enqueue('swift.add', 2, 2, rate_limit=limit)
            before = [status(two), status(three)]
            open_gate(path)
            [before, value(two), value(three)]
            """)
        #expect(seen == [["rate_limited", "rate_limited"], 2, 4])
    }

    @Test("Python's maintenance leaves alone what Swift runs", .timeLimit(.minutes(15)))
    func maintenance() async throws {
        let seen = try await python(
            """
            job, path = held()
            StartedJobRegistry(queue=jobs).cleanup()
            Worker([jobs], connection=redis).clean_registries()
            before = status(job)
            open_gate(path)
            [before, value(job)]
            """)
        #expect(seen == ["started", "released"])
    }
}

extension Interop.RedisFaults {
    @Test(
        "60 kills at random moments while 1,500 of RQ's jobs run lose none and leave none as started",
        .timeLimit(.minutes(15)))
    func killsOnRQ() async throws {
        let kills = 60, slots = 8, count = 1500
        let lease = Duration.milliseconds(1500)
        try await FaultField.run(scheme: "rq") { field in
            let results = try await field.sendMarks(count)
            let seed = UInt64.random(in: 0...UInt64.max)
            print("seed of the kills: \(seed)")
            try await offPool { try field.killWorkers(kills, slots: slots, lease: lease, seed: seed) }
            let survivor = try await field.worker(concurrency: slots, lease: lease).ready()
            defer { survivor.process.kill() }
            for result in results { #expect(try await result.get(timeout: .seconds(90)) >= 0) }

            let figures = field.journal.figures(of: count)
            print("worker on RQ killed \(kills) times: \(figures)")
            #expect(figures.lost.isEmpty)
            #expect(figures.repeats > 0, "no kill came while a task ran")
            #expect(figures.repeats <= kills * slots)
            try await waitUntil { try await field.app.queue("celery").counts == QueueCounts() }
            let python = try PythonClient(redis: field.server.url, program: "rqpeer.py", scratch: field.scratch)
            defer { python.stop() }
            let left = try await python(
                """
                statuses = {status(job) for job in Job.fetch_many(FinishedJobRegistry('celery', redis).get_job_ids(), redis)}
                [sorted(statuses), FinishedJobRegistry('celery', redis).count, StartedJobRegistry('celery', redis).count,
                 FailedJobRegistry('celery', redis).count, redis.llen('rq:queue:celery:intermediate')]
                """)
            #expect(left == [["finished"], .integer(Int64(count)), 0, 0, 0])
        }
    }
}
