import Celeriac

/// Provides the mail client to the tasks that need it: a middleware around every run.
///
/// Tasks are functions, so they take the objects that they work with from their surroundings. Tests provide another
/// client.
struct MailProvider: TaskMiddleware {
    @TaskLocal static var client: SMTPClient?

    private let provided: SMTPClient

    init(client: SMTPClient) { provided = client }

    func run(_ context: TaskContext, next: RunNext) async throws -> [UInt8] {
        try await Self.$client.withValue(provided) { try await next() }
    }
}
