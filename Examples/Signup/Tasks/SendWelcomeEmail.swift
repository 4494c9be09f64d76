import Celeriac

/// Greets a new user by e-mail.
///
/// A mail server that is busy or away is asked again, more and more rarely; one that refuses the address for good is not,
/// and the call is kept as a dead letter. Runs at least once: should a worker die between the server's yes and its own
/// note of it, the mail goes out twice, with the same Message-ID.
///
/// - Returns: what the mail server said when it took the mail.
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
