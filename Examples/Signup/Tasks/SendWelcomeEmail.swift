import Celeriac

/// Welcomes a new user by e-mail.
///
/// If the mail server is busy or unreachable, the task is retried with growing pauses. If the server refuses the
/// address for good, the task is not retried, and the call is kept as a dead letter. The task runs at least once: if a
/// worker dies after the server has accepted the mail and before the success is recorded, the mail is sent twice, with
/// the same Message-ID.
///
/// - Returns: the server's reply when it accepted the mail.
@Task(
    name: "signup.send_welcome_email",
    retry: .exponentialJitter(maxRetries: 5, base: .milliseconds(500)).deadLettering(PermanentMailFailure.self),
    softTimeLimit: .minutes(2)
)
func sendWelcomeEmail(
    _ context: TaskContext, to address: EmailAddress, name: String = "friend"
) async throws -> String {
    guard let client = MailProvider.client else { throw context.reject("no mail client: add MailProvider to the app") }
    let mail = Mail(
        from: client.sender, to: address, subject: "Welcome, \(name)!",
        text: """
            Dear \(name),

            your account is ready. Nobody had to wait for this mail: it was queued, and a worker sent it.
            .
            The dot above is part of the mail.
            """,
        id: context.id.rawValue, date: context.app.time.now
    )
    return try await client.send(mail)
}
