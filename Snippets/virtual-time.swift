import Celeriac
import CeleriacTesting

struct NotYet: Error {}

@Task(retry: .fixed(.minutes(5), maxRetries: 3))
func remind(_ context: TaskContext, _ name: String) async throws -> String {
    guard context.attempt > 1 else { throw NotYet() }
    return "Remember, \(name)"
}

@TaskContainer
struct MailTasks {
    let mailer: any Mailer

    @Task func sendWelcome(to address: String) async throws { try await mailer.send("Welcome!", to: address) }
}

protocol Mailer: Sendable {
    func send(_ text: String, to address: String) async throws
}

// snippet.recorder
actor RecordingMailer: Mailer {
    private(set) var addresses: [String] = []

    func send(_ text: String, to address: String) async throws { addresses.append(address) }
}
// snippet.end

@main
struct VirtualTime {
    static func main() async throws {
        // snippet.testapp
        let test = try TestApp()
        let result = try await test.app.use {
            // What the test is about: here it enqueues a call for tomorrow.
            try await $remind.applyAsync("Ada", options: CallOptions(countdown: .hours(24)))
        }
        let call = test.enqueued($remind)[0]
        let name = try call.argument("name", at: 0, as: String.self)
        precondition(name == "Ada")

        try await test.drain()  // nothing is due
        await test.advance(by: .hours(24))
        try await test.drain()  // the first attempt: it throws
        try await test.drain(through: .minutes(5))  // the clock moves to the retry, no further

        let reminder = try await result.get()
        precondition(reminder == "Remember, Ada")
        // snippet.end
        try await containers()
        try await faults()
    }

    static func containers() async throws {
        // snippet.containers
        let mailer = RecordingMailer()
        let test = try TestApp(options: AppOptions(containers: [MailTasks(mailer: mailer)]))
        try await test.app.use {
            try await MailTasks.$sendWelcome.delay(to: "ada@example.com")
        }
        try await test.drain()
        let addresses = await mailer.addresses
        precondition(addresses == ["ada@example.com"])
        // snippet.end
    }

    static func faults() async throws {
        // snippet.flaky
        let time = ManualTime()
        let broker = FlakyBroker(MemoryStore(time: time), time: time)
        let app = try TaskApp(Backend(broker), time: time)

        broker.inject(.connectionLost, into: .publish)
        do {
            try await app.send("tasks.add", args: [2, 2])
        } catch let error as BrokerError {
            print(error.code, error.isTransient)  // connectionLost true: answer 503, or try again
        }
        // snippet.end
    }
}
