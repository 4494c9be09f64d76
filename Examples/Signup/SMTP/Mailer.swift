/// What sends mails: ``SMTPClient``, or a recorder in tests.
protocol Mailer: Sendable {
    /// The address that the mails come from.
    var sender: EmailAddress { get }

    /// - Returns: the server's reply when it accepted the mail.
    /// - Throws: ``TemporaryMailFailure``, ``PermanentMailFailure``, `CancellationError`.
    func send(_ mail: Mail) async throws -> String
}
