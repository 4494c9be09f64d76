import Celeriac
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import RedisUnderTest
import TestKit
import Testing

extension Interop.RabbitMQFaults {
    @Test(
        "thousands of calls of Python's with an eta in an hour stand in front of four slots: those behind them run, and memory and prefetch stay small",
        .timeLimit(.minutes(15)))
    func etas() async throws {
        let count = LongRun.count(10_000, short: 1_000)
        let host = try await Self.field.server.makeVirtualHost()
        try await RabbitMQTrial.run(host: host) { trial in
            try await Self.sendEtas(count, trial)
            try await waitUntil { try await trial.app.queue(trial.queue).count == count }
            let worker = try await trial.worker("etas").ready()
            defer { worker.process.kill() }
            let memory = try Self.memory(of: worker)
            let results = try await trial.sendMarks(20)
            let consumers = try await trial.server.control(
                "list_consumers", "-p", host, "--no-table-headers", "queue_name", "prefetch_count")
            #expect(consumers.contains("\(trial.queue)\t4\n"), "\(consumers)")
            for (number, result) in results.enumerated() {
                #expect(try await result.get(timeout: .seconds(120)) == number)
            }
            try await waitUntil { try await Self.levels(trial) == count }
            let growth = try Self.memory(of: worker) - memory
            print("\(count) etas in front of 4 slots: the worker has grown by \(growth) kB at most")
            #expect(growth < 64 << 10)
            #expect(trial.journal.entries().starts.sorted() == Array(0..<20))
            #expect(try await trial.app.queue(trial.queue).count == 0)
        }
        try await Self.field.server.control("delete_vhost", host)
    }

    private static var field: RabbitMQField {
        get throws { try #require(RabbitMQField.current) }
    }

    /// Celery publishes a call with an eta straight into its queue, and leaves the waiting to workers.
    private static func sendEtas(_ count: Int, _ trial: RabbitMQTrial) async throws {
        let python = try PythonClient(
            broker: "amqp://guest:guest@127.0.0.1:\(trial.server.port)/\(trial.host)", redis: trial.redis.url,
            scratch: trial.scratch)
        defer { python.stop() }
        _ = try await python(
            """
            eta = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
            with app.producer_pool.acquire(block=True) as producer:
                for number in range(\(count)):
                    app.send_task('crash.mark', [-1], eta=eta, queue='\(trial.queue)', producer=producer)
            """)
    }

    /// How many messages wait in the levels.
    private static func levels(_ trial: RabbitMQTrial) async throws -> Int {
        let lines = try await trial.server.control(
            "list_queues", "-p", trial.host, "--no-table-headers", "name", "messages")
        return lines.split(separator: "\n").reduce(0) { sum, line in
            let parts = line.split(separator: "\t")
            guard parts.count == 2, parts[0].hasPrefix("celery_delayed_"), let count = Int(parts[1]) else { return sum }
            return sum + count
        }
    }

    /// The most memory that a worker had so far, in kB.
    private static func memory(of worker: SwiftWorker) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(worker.process.pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first)
    }
}
