import CeleriacCore
import CeleriacTesting
import Logging
import RESPClient
import RedisUnderTest
import Synchronization
import Testing

@testable import CeleriacRedis

/// A store on the suite's server, under a prefix of its own.
enum Stores {
    private static let count = Atomic(0)

    static func prefix() -> String { "t\(count.add(1, ordering: .relaxed).newValue):" }

    static func configuration() throws -> RESPConfiguration {
        configuration(of: try #require(OneServer.current))
    }

    /// Patient: on a machine that does much else, an answer may take seconds.
    static func configuration(of server: RedisServer) -> RESPConfiguration {
        var configuration = RESPConfiguration(address: .host("127.0.0.1", port: server.port))
        configuration.connectTimeout = .seconds(20)
        configuration.deadline = .seconds(30)
        return configuration
    }

    /// One whose clocks stand still until the test moves them.
    static func inVirtualTime(
        _ time: ManualTime, _ options: RedisOptions = .tenSteps, prefix: String = Stores.prefix(),
        logger: Logger = .quiet
    ) throws -> RedisStore {
        var options = options
        options.keyPrefix = prefix
        options.resultKeyPrefix = prefix
        return RedisStore(
            client: RESPClient(try configuration(), logger: .quiet), options: options, time: time,
            hasInjectedTime: true, logger: logger)
    }

    /// One as in production.
    static func inRealTime(_ options: RedisOptions = RedisOptions(), prefix: String = "") throws -> RedisStore {
        var options = options
        options.keyPrefix = prefix
        return RedisStore(try configuration(), options: options, logger: .quiet)
    }
}

extension RedisOptions {
    /// As many lists as there are priorities, so that none shares one.
    static var tenSteps: RedisOptions {
        var options = RedisOptions()
        options.prioritySteps = Array(0...9)
        options.extendedResults = true
        options.checksServer = false
        options.deadLetters = DeadLetterLimits(count: 500, bytes: 1 << 20)
        return options
    }
}

extension Logger {
    static var quiet: Logger { Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() } }
}
