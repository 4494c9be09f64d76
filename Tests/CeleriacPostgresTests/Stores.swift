import CeleriacCore
import CeleriacTesting
import Logging
import PostgresClient
import PostgresUnderTest
import Testing

@testable import CeleriacPostgres

/// Stores on the shared cluster of this process, each in a database of its own.
enum Stores {
    static func configuration(_ server: PostgresServer, _ database: String, user: String? = nil)
        -> PostgresConfiguration
    {
        var configuration = PostgresConfiguration()
        configuration.hosts = [.init("127.0.0.1", port: server.port)]
        configuration.user = user ?? server.user
        configuration.database = database
        // Patient: on a machine that does much else, an answer may take seconds.
        configuration.connectTimeout = .seconds(20)
        configuration.deadline = .seconds(30)
        return configuration
    }

    /// Runs `body` with a store whose clocks stand still until the test moves them.
    static func withVirtualTime<Value>(
        _ options: PostgresOptions = .tests, _ body: (PostgresStore, ManualTime) async throws -> Value
    ) async throws -> Value {
        let server = try await PostgresServer.shared()
        return try await server.withDatabase { database in
            let time = ManualTime()
            let store = try PostgresStore(
                configuration(server, database), options: options, time: time, hasInjectedTime: true, logger: .quiet)
            try await store.migrate()
            defer { store.close() }
            return try await body(store, time)
        }
    }

    /// Runs `body` with a store on a cluster of its own, where no transaction of another test keeps dead rows alive.
    static func withOwnServer<Value>(
        _ options: PostgresOptions = .tests, _ body: (PostgresStore, PostgresServer, String) async throws -> Value
    ) async throws -> Value {
        try await PostgresServer.run { server in
            let store = try PostgresStore(configuration(server, "postgres"), options: options, logger: .quiet)
            try await store.migrate()
            defer { store.close() }
            return try await body(store, server, "postgres")
        }
    }

    /// Runs `body` with a store as in production, and the name of its database.
    static func withStore<Value>(
        _ options: PostgresOptions = .tests, logger: Logger = .quiet,
        _ body: (PostgresStore, PostgresServer, String) async throws -> Value
    ) async throws -> Value {
        let server = try await PostgresServer.shared()
        return try await server.withDatabase { database in
            let store = try PostgresStore(configuration(server, database), options: options, logger: logger)
            try await store.migrate()
            defer { store.close() }
            return try await body(store, server, database)
        }
    }
}

extension PostgresOptions {
    static var tests: PostgresOptions {
        var options = PostgresOptions()
        options.deadLetters = DeadLetterLimits(count: 500, bytes: 1 << 20)
        options.connections = 2
        return options
    }
}
