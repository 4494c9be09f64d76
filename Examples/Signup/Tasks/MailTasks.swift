import Celeriac

/// The tasks that send mails. The web server calls them without a value; a worker needs one, with the mailer.
@TaskContainer
struct MailTasks {
    let mailer: any Mailer

    /// Welcomes a new user by e-mail.
    ///
    /// If the mail server is busy or unreachable, the task is retried with growing pauses. If the server refuses the
    /// address for good, the task is not retried, and the call is kept as a dead letter. The task runs at least once:
    /// if a worker dies after the server has accepted the mail and before the success is recorded, the mail is sent
    /// twice, with the same Message-ID.
    ///
    /// - Returns: the server's reply when it accepted the mail.
    @Task(
        name: "signup.send_welcome_email",
        retry: .exponentialJitter(maxRetries: 5, base: .milliseconds(500)).deadLettering(PermanentMailFailure.self),
        softTimeLimit: .minutes(2)
    )
    func sendWelcome(
        _ context: TaskContext, to address: EmailAddress, name: String = "friend"
    ) async throws -> String {
        let mail = Mail(
            from: mailer.sender, to: address, subject: "Welcome, \(name)!",
            text: """
                Dear \(name),

                your account is ready. Nobody had to wait for this mail: it was queued, and a worker sent it.
                .
                The dot above is part of the mail.
                """,
            id: context.id.rawValue, date: context.app.time.now
        )
        return try await mailer.send(mail)
    }
}
