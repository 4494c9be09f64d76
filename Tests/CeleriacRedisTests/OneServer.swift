import RedisUnderTest
import Testing

/// Gives all tests of a suite one redis-server.
struct OneServer: SuiteTrait, TestScoping {
    @TaskLocal static var current: RedisServer?

    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await RedisServer.run { server in
            try await Self.$current.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == OneServer {
    static var oneServer: OneServer { OneServer() }
}
