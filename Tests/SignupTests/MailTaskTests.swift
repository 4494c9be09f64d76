import Celeriac
import CeleriacCore
import Foundation
import Synchronization
import Testing

@testable import Signup

/// Keeps the mails instead of sending them, after as many failures as it is made with.
private final class RecordingMailer: Mailer {
    struct State {
        var failures: [any Error & Sendable]
        var mails: [Mail] = []
    }

    let sender: EmailAddress
    private let state: Guarded<State>

    init(failures: [any Error & Sendable] = []) throws {
        sender = try #require(EmailAddress("signup@example.com"))
        state = Guarded(State(failures: failures))
    }

    var mails: [Mail] { state.withLock { $0.mails } }

    func send(_ mail: Mail) async throws -> String {
        try state.withLock { state in
            guard state.failures.isEmpty else { throw state.failures.removeFirst() }
            state.mails.append(mail)
            return "250 recorded"
        }
    }
}

/// The container of the example with a mailer of the test's, in the test's own process.
@Suite("the mail tasks")
struct MailTaskTests {
    /// Sends a welcome to Ada, and runs `attempts` attempts.
    private func welcome(_ mailer: RecordingMailer, attempts: Int) async throws -> AsyncResult<String> {
        let options = AppOptions(
            tasks: [MailTasks.$sendWelcome], containers: [MailTasks(mailer: mailer)], discoversTasks: false)
        let app = try TaskApp(Backend(MemoryStore()), options: options)
        let address = try #require(EmailAddress("ada@example.com"))
        let result = try await app.send(MailTasks.$sendWelcome(to: address, name: "Ada"))
        try await Worker(app, options: WorkerOptions(maxTasks: attempts)).run()
        return result
    }

    @Test("a welcome goes to the address, by name, from the mailer's sender")
    func welcomes() async throws {
        let mailer = try RecordingMailer()
        let result = try await welcome(mailer, attempts: 1)
        #expect(try await result.get() == "250 recorded")
        let mail = try #require(mailer.mails.first)
        #expect(mail.from == mailer.sender)
        #expect(mail.to.description == "ada@example.com")
        #expect(mail.subject == "Welcome, Ada!")
        #expect(mail.id == result.id.rawValue)
    }

    @Test("a refusal for now is retried")
    func retries() async throws {
        let mailer = try RecordingMailer(failures: [TemporaryMailFailure("busy")])
        let result = try await welcome(mailer, attempts: 2)
        #expect(try await result.get() == "250 recorded")
        #expect(mailer.mails.count == 1)
    }

    @Test("a refusal for good is not retried")
    func givesUp() async throws {
        let mailer = try RecordingMailer(failures: [PermanentMailFailure("nobody")])
        let result = try await welcome(mailer, attempts: 1)
        #expect(try await result.state == .failure)
        #expect(mailer.mails.isEmpty)
    }
}
