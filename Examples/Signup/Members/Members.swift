import Celeriac
import Hummingbird

/// Takes sign-ups: makes sure that the welcome mail will be sent.
protocol Members: Sendable {
    /// - Returns: the task that sends the mail.
    func signUp(_ email: EmailAddress, name: String) async throws -> TaskID
}

/// Keeps no members: a sign-up is the mail alone.
struct MailOnly: Members {
    func signUp(_ email: EmailAddress, name: String) async throws -> TaskID {
        try await MailTasks.$sendWelcome.delay(to: email, name: name).id
    }
}

extension TaskApp {
    /// With PostgreSQL as the broker, members are rows of the same database; otherwise none are kept.
    func members() async throws -> any Members {
        #if POSTGRES
            if let members = try await PostgresMembers(self) { return members }
        #endif
        return MailOnly()
    }
}
