import Celeriac

/// Hands the mail client to the tasks that need one: a middleware around every run.
///
/// Tasks are functions, so what they work with comes from their surroundings. Tests give them another client.
struct MailProvider: TaskMiddleware {
    @TaskLocal static var client: SMTPClient?

    private let provided: SMTPClient

    init(client: SMTPClient) { provided = client }

    func run(_ context: TaskContext, next: RunNext) async throws -> [UInt8] {
        try await Self.$client.withValue(provided) { try await next() }
    }
}
