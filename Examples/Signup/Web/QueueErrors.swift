import Celeriac
import Hummingbird
import Logging

/// Answers with 503 while the queue cannot be reached; the client may try again.
struct QueueErrors: RouterMiddleware {
    func handle(
        _ request: Request, context: SignupContext,
        next: @concurrent (Request, SignupContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as BrokerError {
            context.logger.error("the queue cannot be reached", metadata: ["error": "\(error)"])
            throw HTTPError(
                .serviceUnavailable, headers: [.retryAfter: "5"], message: "please try again in a few seconds"
            )
        }
    }
}
