import Celeriac
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import Testing

/// What an operator does to a server while workers run.
extension Interop.RabbitMQFaults {
    /// Commands of `rabbitmqctl` that raise an alarm and end it.
    struct Alarm: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let raise: [String]
        let end: [String]
        /// The word of the server for what it is short of.
        let word: String

        static let all = [
            Alarm(
                testDescription: "memory", raise: ["set_vm_memory_high_watermark", "0.000001"],
                end: ["set_vm_memory_high_watermark", "0.4"], word: "memory"),
            Alarm(
                testDescription: "disk", raise: ["set_disk_free_limit", "100000GB"],
                end: ["set_disk_free_limit", "10MB"], word: "disk"),
        ]
    }

    @Test(
        "in an alarm publishes fail at once with the code full, consuming goes on, and afterwards publishes work again",
        .timeLimit(.minutes(15)), arguments: Alarm.all)
    func alarm(alarm: Alarm) async throws {
        try await RabbitMQTrial.run { trial in
            let results = try await trial.sendMarks(200)
            try await trial.server.control(alarm.raise)
            let app = try trial.impatientApp()
            let refusal = try await Self.refusal(of: app, trial.queue)
            #expect(refusal.isTransient)
            #expect(refusal.message.contains("the server accepts no messages"), "\(refusal)")
            #expect(refusal.message.contains(alarm.word), "\(refusal)")
            // Commands too are publishes, so a worker that starts now hears and answers none; it runs tasks all the same.
            let worker = try await trial.worker("alarm").ready()
            defer { worker.process.kill() }
            for (number, result) in results.enumerated() {
                #expect(try await result.get(timeout: .seconds(60)) == number)
            }
            _ = try await Self.refusal(of: app, trial.queue)
            try await trial.server.control(alarm.end)
            let probe = try await trial.patiently { try await trial.sendMarks(1, from: 200) }
            #expect(try await probe[0].get(timeout: .seconds(25)) == 200)
            _ = try await trial.patiently {
                try await app.send("crash.mark", args: [201], options: CallOptions(queue: trial.queue))
            }
            try await waitUntil { trial.journal.entries().ends.contains(201) }
            #expect(trial.journal.figures(of: 202).lost.isEmpty)
        }
    }

    /// Publishes until the server has said that it takes nothing. The publishes before that met the alarm before the
    /// server has said so, and nobody knows what became of them.
    private static func refusal(of app: TaskApp, _ queue: QueueName) async throws -> BrokerError {
        while true {
            do {
                try await app.send("crash.mark", args: [1], options: CallOptions(queue: queue))
            } catch let error as BrokerError where error.code == .full {
                return error
            } catch let error as BrokerError where error.isTransient {}
        }
    }

    @Test(
        "a queue, its exchange and the first exchange of the delays are deleted, and all connections closed: workers go on",
        .timeLimit(.minutes(15)), arguments: RabbitMQFleet.Queues.allCases)
    func deletions(queues: RabbitMQFleet.Queues) async throws {
        try await RabbitMQTrial.run(queues) { trial in
            let worker = try await trial.worker("operated").ready()
            defer { worker.process.kill() }
            var number = 0
            func expectWork(_ comment: Comment) async throws {
                let now = try await trial.patiently { try await trial.app.send(trial.mark(number)) }
                let later = try await trial.patiently {
                    try await trial.app.send(trial.mark(number + 1, countdown: .seconds(1)))
                }
                #expect(try await now.get(timeout: .seconds(30)) == number, comment)
                #expect(try await later.get(timeout: .seconds(30)) == number + 1, comment)
                number += 2
            }
            try await expectWork("before anything")
            try await trial.server.control("delete_queue", trial.queue.rawValue)
            try await expectWork("after the queue was deleted")
            try await trial.server.control(deleting: [trial.queue.rawValue])
            try await expectWork("after the queue's exchange was deleted")
            try await trial.server.control(deleting: ["celery_delayed_27"])
            try await expectWork("after the first exchange of the delays was deleted")
            try await trial.server.control("close_all_connections", "by an operator")
            try await expectWork("after all connections were closed")
            #expect(worker.process.isRunning)
            #expect(trial.log(of: worker).contains("CONNECTION_FORCED"))
            #expect(trial.journal.figures(of: number).lost.isEmpty)
        }
    }

    @Test(
        "a second worker of one name ends at its start with an error that says what to do, and has taken no task",
        .timeLimit(.minutes(15)))
    func secondNode() async throws {
        try await RabbitMQTrial.run { trial in
            let first = try await trial.worker("twin").ready()
            defer { first.process.kill() }
            // The first one is held up, so that only the second one could take the next call.
            first.process.send(SIGSTOP)
            let results = try await trial.sendMarks(20)
            let second = try trial.worker("twin")
            try await second.process.waitUntilGone()
            #expect(trial.log(of: second).contains("give each worker a name of its own"))
            #expect(trial.journal.size == 0)
            first.process.send(SIGCONT)
            for (number, result) in results.enumerated() {
                #expect(try await result.get(timeout: .seconds(30)) == number)
            }
            #expect(trial.journal.figures(of: 20).repeats == 0)
        }
    }
}

extension RabbitMQServer {
    fileprivate func control(_ words: [String]) async throws { try await control(words[0], words[1]) }

    /// Deletes exchanges of the virtual host `/`.
    fileprivate func control(deleting exchanges: [String]) async throws {
        let names = exchanges.map { "<<\"\($0)\">>" }.joined(separator: ", ")
        try await control(
            "eval",
            "[ok = rabbit_exchange:delete(rabbit_misc:r(<<\"/\">>, exchange, Name), false, <<\"test\">>) "
                + "|| Name <- [\(names)]].")
    }
}
