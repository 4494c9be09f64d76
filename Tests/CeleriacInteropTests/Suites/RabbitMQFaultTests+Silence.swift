import Celeriac
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import TestKit
import Testing

extension Interop.RabbitMQFaults {
    @Test(
        "while the server is frozen a send fails with a typed error at its deadline; afterwards work goes on within 25 s",
        .timeLimit(.minutes(15)))
    func frozen() async throws {
        try await RabbitMQTrial.run { trial in
            let worker = try await trial.worker("frozen", heartbeat: LongRun.count(10, short: 2)).ready()
            defer { worker.process.kill() }
            let app = try trial.impatientApp()
            try await app.send("crash.mark", args: [1], options: CallOptions(queue: trial.queue))
            let (held, gate) = try await hold(trial)
            try await trial.server.freeze()
            let error = await #expect(throws: BrokerError.self) {
                try await app.send("crash.mark", args: [2], options: CallOptions(queue: trial.queue))
            }
            #expect(error?.code == .deadlineExceeded && error?.isTransient == true, "\(error as Any)")
            if LongRun.isOn { try await Task.sleep(for: .seconds(30)) }
            try await waitUntil { trial.log(of: worker).contains("the server has been silent for two heartbeats") }
            trial.server.thaw()
            let probe = try await trial.patiently { try await trial.sendMarks(1, from: 3) }
            // The promise is a time: it is what is waited for, and nothing is measured below it.
            #expect(try await probe[0].get(timeout: .seconds(25)) == 3)
            try Data().write(to: URL(filePath: gate + ".2"))
            #expect(try await held.get(timeout: .seconds(60)) == 2)
            #expect(worker.process.isRunning)
            try await trial.waitUntilEmpty()
        }
    }

    /// Sends a task that is held at each of its deliveries, and waits until it runs.
    private func hold(_ trial: RabbitMQTrial) async throws -> (AsyncResult<Int>, gate: String) {
        let gate = trial.scratch.path("gate")
        let held = try await trial.app.send(
            Signature<Int>(
                "crash.hold", EncodedArguments(args: [.string(gate)]), options: CallOptions(queue: trial.queue)))
        try await waitUntil { trial.scratch.lines("journal").contains("hold 1") }
        return (held, gate)
    }

    @Test(
        "on a way that swallows everything sends fail with typed errors, and the worker learns it by its heartbeat; both work once the way is open",
        .timeLimit(.minutes(15)))
    func blackHole() async throws {
        try await RabbitMQTrial.run { trial in
            let proxy = try FaultyProxy(to: trial.server.port)
            defer { proxy.close() }
            let worker = try await trial.worker("hole", port: proxy.port, heartbeat: 1).ready()
            defer { worker.process.kill() }
            let app = try trial.impatientApp(port: proxy.port)
            try await app.send("crash.mark", args: [1], options: CallOptions(queue: trial.queue))
            let (held, gate) = try await hold(trial)
            proxy.becomeBlackHole()
            for _ in 0..<2 {
                let error = await #expect(throws: BrokerError.self) {
                    try await app.send("crash.mark", args: [2], options: CallOptions(queue: trial.queue))
                }
                #expect(error?.isTransient == true, "\(error as Any)")
            }
            try await waitUntil { trial.log(of: worker).contains("the server has been silent for two heartbeats") }
            proxy.open()
            _ = try await trial.patiently {
                try await app.send("crash.mark", args: [3], options: CallOptions(queue: trial.queue))
            }
            let probe = try await trial.sendMarks(1, from: 4)
            #expect(try await probe[0].get(timeout: .seconds(25)) == 4)
            // The server takes the held delivery back once it has missed the worker's heartbeats too.
            try await waitUntil { trial.scratch.lines("journal").contains("hold 2") }
            try Data().write(to: URL(filePath: gate + ".2"))
            #expect(try await held.get(timeout: .seconds(20)) == 2)
            #expect(worker.process.isRunning)
        }
    }
}
