// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

/// The settings of every target of ours: Swift 6 mode and the upcoming features that the house style names.
let house: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (Context.environment["CELERIAC_TSAN"] == nil ? [] : [.define("CELERIAC_TSAN")])  // see Guarded

/// What the examples, the benchmark and their tests add, which no program that uses the library needs. CELERIAC_EXAMPLES=all
/// adds everything (make does so), CELERIAC_EXAMPLES=demo the app of `make demo` alone, on SQLite, and
/// CELERIAC_EXAMPLES=demo-postgres the same with PostgreSQL.
let examples = Context.environment["CELERIAC_EXAMPLES"] ?? ""
let hasAllExamples = examples == "all"
let hasPostgresDemo = hasAllExamples || examples == "demo-postgres"

/// A product of another package, which is only fetched if one of these traits is on.
func product(_ name: String, _ package: String, _ traits: Set<String>) -> Target.Dependency {
    .product(name: name, package: package, condition: .when(traits: traits))
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let metrics = product("Metrics", "swift-metrics", ["Metrics"])
let tracing = product("Tracing", "swift-distributed-tracing", ["Tracing"])
/// libyaml is called through Yams' own module for it, which is not its public interface: no newer minor version by itself.
let yams = product("Yams", "Yams", ["YAML"])
let grdb = product("GRDB", "GRDB.swift", ["SQLite"])
let argumentParser = product("ArgumentParser", "swift-argument-parser", ["CLI"])
/// The traits with a server at the other end.
let servers: Set<String> = ["Redis", "RQ", "RabbitMQ"]
let (nioCore, nioPosix) = (product("NIOCore", "swift-nio", servers), product("NIOPosix", "swift-nio", servers))
let nioSSL = product("NIOSSL", "swift-nio-ssl", servers)
/// What a client of a server needs.
let client: [Target.Dependency] = ["SocketKit", logging, nioCore, nioPosix, nioSSL]

let package = Package(
    name: "celeriac",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Celeriac", targets: ["Celeriac"]),
        .library(name: "CeleriacClient", targets: ["CeleriacClient"]),
        .library(name: "CeleriacCore", targets: ["CeleriacCore"]),
        .library(name: "CeleriacSQLite", targets: ["CeleriacSQLite"]),
        .library(name: "CeleriacRedis", targets: ["CeleriacRedis"]),
        .library(name: "CeleriacRQ", targets: ["CeleriacRQ"]),
        .library(name: "CeleriacRabbitMQ", targets: ["CeleriacRabbitMQ"]),
        .library(name: "CeleriacPostgres", targets: ["CeleriacPostgres"]),
        .library(name: "CeleriacYAML", targets: ["CeleriacYAML"]),
        .library(name: "RESPClient", targets: ["RESPClient"]),
        .library(name: "AMQPClient", targets: ["AMQPClient"]),
        .library(name: "PostgresClient", targets: ["PostgresClient"]),
        .library(name: "CeleriacCLI", targets: ["CeleriacCLI"]),
        .library(name: "CeleriacTesting", targets: ["CeleriacTesting"]),
        .executable(name: "celeriac", targets: ["CeleriacTool"]),
    ],
    // A package that names its traits fetches nothing for the others: see docs/dependencies.md.
    traits: [
        .trait(name: "SQLite", description: "CeleriacSQLite, which needs GRDB."),
        .trait(name: "Redis", description: "CeleriacRedis, which needs swift-nio and swift-nio-ssl."),
        .trait(name: "RQ", description: "CeleriacRQ, which needs swift-nio and swift-nio-ssl."),
        .trait(name: "RabbitMQ", description: "CeleriacRabbitMQ, which needs swift-nio and swift-nio-ssl."),
        .trait(name: "Postgres", description: "CeleriacPostgres, which needs libpq."),
        .trait(name: "YAML", description: "CeleriacYAML, which needs Yams."),
        .trait(name: "CLI", description: "CeleriacCLI, which needs swift-argument-parser."),
        .trait(name: "Metrics", description: "TaskMetricsMiddleware, which needs swift-metrics."),
        .trait(name: "Tracing", description: "TaskTracingMiddleware, which needs swift-distributed-tracing."),
        .default(enabledTraits: ["SQLite", "Redis", "RQ", "RabbitMQ", "Postgres", "YAML", "CLI", "Metrics", "Tracing"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", .upToNextMinor(from: "6.2.0")),
    ],
    targets: [
        .target(name: "CeleriacBase", swiftSettings: house),
        .target(name: "CeleriacJSON", swiftSettings: house),
        .target(name: "CeleriacSchedule", dependencies: ["CeleriacBase", "CeleriacJSON"], swiftSettings: house),
        .target(
            name: "CeleriacCore", dependencies: ["CeleriacBase", "CeleriacJSON", "CeleriacSchedule"],
            swiftSettings: house
        ),
        .target(name: "CeleriacCanvas", dependencies: ["CeleriacCore"], swiftSettings: house),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CeleriacWire", dependencies: ["CeleriacCore", "CeleriacCanvas", "CZlib"], swiftSettings: house),
        .target(
            name: "CeleriacRQWire", dependencies: ["CeleriacCore", "CeleriacCanvas", "CeleriacWire"],
            swiftSettings: house
        ),
        .target(name: "CeleriacYAML", dependencies: ["CeleriacCore", "CeleriacWire", yams], swiftSettings: house),
        .target(name: "CTaskRecords"),
        .target(name: "CChildProcess"),
        .target(name: "CSharedSocket"),
        .target(name: "CrashReport", swiftSettings: house),
        .target(
            name: "CeleriacExpansion",
            dependencies: [.product(name: "SwiftSyntaxMacros", package: "swift-syntax")],
            swiftSettings: house
        ),
        .macro(
            name: "CeleriacMacros",
            dependencies: [
                // A test target that named the plug-in itself would have SwiftPM build every test twice, for host and target.
                "CeleriacExpansion",
                .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
                .product(name: "SwiftCompilerPlugin", package: "swift-syntax"),
            ],
            swiftSettings: house
        ),
        .target(name: "CeleriacLogging", dependencies: ["CeleriacCore", logging], swiftSettings: house),
        .target(name: "EmbeddedText", swiftSettings: house),
        .target(name: "CeleriacMemory", dependencies: ["CeleriacCore", "StoreKit"], swiftSettings: house),
        .target(name: "StoreKit", dependencies: ["CeleriacCore"], swiftSettings: house),
        .target(
            name: "CeleriacPool", dependencies: ["CeleriacCore", "CChildProcess", "CrashReport", logging],
            swiftSettings: house
        ),
        .target(
            name: "CeleriacSQLite",
            dependencies: [
                "CeleriacCore", "CeleriacLogging", "StoreKit", "EmbeddedText", logging,
                grdb,
            ],
            resources: [.embedInCode("Statements")],
            swiftSettings: house
        ),
        .target(
            name: "SocketKit",
            dependencies: [
                nioCore,
                product("NIOTLS", "swift-nio", servers),
                nioSSL,
            ],
            swiftSettings: house
        ),
        .target(name: "RESPClient", dependencies: client + ["CeleriacBase", "CSharedSocket"], swiftSettings: house),
        .target(name: "AMQPClient", dependencies: client, swiftSettings: house),
        .target(
            name: "CeleriacRabbitMQ",
            dependencies: ["CeleriacCore", "CeleriacWire", "CeleriacLogging", "StoreKit", "AMQPClient", logging],
            swiftSettings: house
        ),
        .target(
            name: "RedisKit",
            dependencies: ["CeleriacCore", "StoreKit", "RESPClient", logging],
            swiftSettings: house
        ),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(name: "PostgresClient", dependencies: ["CPostgres", logging], swiftSettings: house),
        .target(
            name: "CeleriacPostgres",
            dependencies: [
                "CeleriacCore", "CeleriacLogging", "CeleriacWire", "EmbeddedText", "StoreKit", "PostgresClient",
                logging,
            ],
            resources: [.embedInCode("Statements")],
            swiftSettings: house
        ),
        .target(
            name: "CeleriacRedis",
            dependencies: [
                "CeleriacCore", "CeleriacWire", "CeleriacLogging", "EmbeddedText", "StoreKit", "RedisKit", "RESPClient",
                logging,
            ],
            resources: [.embedInCode("Scripts")],
            swiftSettings: house
        ),
        .target(
            name: "CeleriacRQ",
            dependencies: [
                "CeleriacCore", "CeleriacWire", "CeleriacRQWire", "CeleriacLogging", "EmbeddedText", "StoreKit",
                "RedisKit", "RESPClient", "SocketKit", logging,
                nioCore,
                nioPosix,
                product("NIOHTTP1", "swift-nio", servers),
            ],
            resources: [.embedInCode("Scripts")],
            swiftSettings: house
        ),
        .target(
            name: "CeleriacClient",
            dependencies: [
                "CeleriacCore", "CeleriacCanvas", "CeleriacWire", "CeleriacLogging", "CeleriacMemory", "CTaskRecords",
                logging,
                metrics,
                tracing,
                configuration,
            ],
            swiftSettings: house
        ),
        .target(
            name: "CeleriacWorker",
            dependencies: [
                "CeleriacClient", "CeleriacCore", "CeleriacCanvas", "CeleriacWire", "CeleriacPool", "CChildProcess",
                logging, lifecycle,
                metrics,
                tracing,
            ],
            swiftSettings: house
        ),
        .target(
            name: "Celeriac",
            dependencies: [
                "CeleriacBase", "CeleriacJSON", "CeleriacSchedule", "CeleriacCore", "CeleriacCanvas", "CeleriacMemory",
                "CeleriacClient", "CeleriacWorker", "CeleriacPool", "CeleriacMacros",
            ],
            swiftSettings: house
        ),
        .target(
            name: "CeleriacCLI",
            dependencies: [
                "CeleriacClient", "CeleriacWorker",
                "Celeriac", "CeleriacCore", argumentParser, logging, signals,
                configuration,
            ],
            swiftSettings: house
        ),
        .target(
            name: "CeleriacTesting",
            dependencies: ["Celeriac", "CeleriacCore", "CeleriacCanvas", "CeleriacMemory", logging],
            swiftSettings: house
        ),
        .executableTarget(
            name: "CeleriacTool",
            dependencies: [
                "Celeriac", "CeleriacCLI", "CeleriacPostgres", "CeleriacRQ", "CeleriacRabbitMQ", "CeleriacRedis",
                "CeleriacSQLite", "CeleriacYAML", logging,
            ],
            swiftSettings: house
        ),
        .target(name: "TestKit", path: "Tests/TestKit", swiftSettings: house),
        .testTarget(name: "FloorsTests", dependencies: ["ClientOnly", "PoolWorker", "TestKit"], swiftSettings: house),
        .executableTarget(
            name: "ClientOnly", dependencies: ["CeleriacClient"], path: "Tests/ClientOnly", swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacCoreTests",
            dependencies: [
                "TestKit", "CeleriacBase", "CeleriacJSON", "CeleriacSchedule", "CeleriacCore", "CeleriacCanvas",
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacWireTests",
            dependencies: ["TestKit", "CeleriacCore", "CeleriacCanvas", "CeleriacWire", "CeleriacRQWire"],
            resources: [.copy("Fixtures")],
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacYAMLTests",
            dependencies: ["TestKit", "CeleriacCore", "CeleriacWire", "CeleriacYAML"],
            resources: [.copy("Fixtures")],
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacMacroTests",
            dependencies: [
                "CeleriacClient", "CeleriacWorker",
                "Celeriac", "CeleriacCore", "CeleriacCanvas", "CeleriacExpansion", "CeleriacMemory", "CTaskRecords",
                .product(name: "SwiftSyntaxMacroExpansion", package: "swift-syntax"),
                .product(name: "SwiftSyntaxMacrosGenericTestSupport", package: "swift-syntax"),
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacMemoryTests",
            dependencies: ["Celeriac", "CeleriacCore", "CeleriacMemory", "CeleriacTesting"],
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacSQLiteTests",
            dependencies: [
                "CeleriacCore", "CeleriacCanvas", "CeleriacSQLite", "CeleriacTesting", "EmbeddedText", "StoreKit",
                logging,
                grdb,
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "StoreKitTests",
            dependencies: ["CeleriacWorker", "Celeriac", "CeleriacCore", "CeleriacTesting", "StoreKit"],
            swiftSettings: house
        ),
        .testTarget(
            name: "RESPClientTests",
            dependencies: [
                "TestKit",
                "RESPClient", "RedisUnderTest",
                nioCore,
                nioPosix,
                product("NIOEmbedded", "swift-nio", servers),
                nioSSL,
            ],
            swiftSettings: house
        ),
        .target(
            name: "RedisUnderTest", dependencies: ["TestKit"], path: "Tests/RedisUnderTest", swiftSettings: house
        ),
        .testTarget(
            name: "AMQPClientTests",
            dependencies: [
                "TestKit",
                "AMQPClient", "RabbitMQUnderTest", "RedisUnderTest",
                nioCore,
                nioPosix,
                product("NIOEmbedded", "swift-nio", servers),
                nioSSL,
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: house
        ),
        .target(
            name: "RabbitMQUnderTest", dependencies: ["TestKit", "RedisUnderTest"], path: "Tests/RabbitMQUnderTest",
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacRabbitMQTests",
            dependencies: [
                "TestKit", "CeleriacCore", "CeleriacCanvas", "CeleriacWire", "CeleriacClient", "CeleriacRabbitMQ",
                "CeleriacTesting", "AMQPClient", "StoreKit", "RabbitMQUnderTest", logging,
                nioCore,
            ],
            swiftSettings: house
        ),
        .target(
            name: "PostgresUnderTest", dependencies: ["TestKit", "RedisUnderTest"], path: "Tests/PostgresUnderTest",
            swiftSettings: house
        ),
        .testTarget(
            name: "PostgresClientTests",
            dependencies: ["TestKit", "PostgresClient", "PostgresUnderTest", "RedisUnderTest", logging],
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacPostgresTests",
            dependencies: [
                "TestKit", "Celeriac", "CeleriacClient", "CeleriacWorker", "CeleriacCore", "CeleriacCanvas",
                "CeleriacPostgres", "CeleriacMemory", "CeleriacRabbitMQ", "CeleriacRedis", "CeleriacSQLite",
                "CeleriacTesting", "AMQPClient", "EmbeddedText", "PostgresClient", "PostgresUnderTest",
                "RabbitMQUnderTest", "RedisUnderTest", "RESPClient", "StoreKit", logging,
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacRedisTests",
            dependencies: [
                "TestKit", "CeleriacClient", "CeleriacWorker",
                "Celeriac", "CeleriacCore", "CeleriacMemory", "CeleriacSQLite", "CeleriacCanvas", "CeleriacWire",
                "CeleriacRQWire", "CeleriacRQ",
                "CeleriacRedis", "RedisKit",
                "StoreKit", "CeleriacTesting", "EmbeddedText", "RESPClient", "RedisUnderTest", logging,
                nioCore,
                nioPosix,
                product("NIOHTTP1", "swift-nio", servers),
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacFuzzTests",
            dependencies: [
                "Celeriac", "CeleriacCore", "CeleriacMemory", "CeleriacWire", "CeleriacRQWire", "CeleriacRQ",
                "RedisKit",
                "CeleriacTesting", logging,
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacTests",
            dependencies: [
                "TestKit", "CeleriacClient", "CeleriacWorker",
                "Celeriac", "CeleriacCore", "CeleriacCanvas", "CeleriacMemory", "CeleriacPool", "CeleriacTesting",
                "CChildProcess", logging, lifecycle,
                configuration,
                metrics,
                product("MetricsTestKit", "swift-metrics", ["Metrics"]),
                tracing,
                product("InMemoryTracing", "swift-distributed-tracing", ["Tracing"]),
            ],
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacCLITests",
            dependencies: [
                "CeleriacClient", "CeleriacCore", "CeleriacPool",
                "Celeriac", "CeleriacCLI", "CeleriacSQLite", "CeleriacTesting", logging, signals,
                configuration,
            ],
            swiftSettings: house
        ),
        .executableTarget(
            name: "CrashWorker",
            dependencies: [
                "Celeriac", "CeleriacPostgres", "CeleriacRedis", "CeleriacSQLite", "PostgresClient", logging,
            ],
            path: "Tests/CrashWorker",
            swiftSettings: house
        ),
        .executableTarget(
            name: "PoolWorker",
            dependencies: ["Celeriac", "CeleriacSQLite", lifecycle, logging, signals],
            path: "Tests/PoolWorker",
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacPoolTests",
            dependencies: ["TestKit", "Celeriac", "CeleriacCore", "CeleriacSQLite", "PoolWorker"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "SignalWorker",
            dependencies: ["Celeriac", "CeleriacCLI", "CeleriacSQLite"],
            path: "Tests/SignalWorker",
            swiftSettings: house
        ),
        .testTarget(name: "CrashReportTests", dependencies: ["CrashReport"], swiftSettings: house),
        .executableTarget(name: "CrashDummy", path: "Tests/CrashDummy", swiftSettings: house),
        .testTarget(
            name: "CeleriacCrashTests",
            dependencies: [
                "TestKit",
                "Celeriac", "CeleriacCore", "CeleriacPool", "CeleriacPostgres", "CeleriacRedis", "CeleriacSQLite",
                "CeleriacTool", "CrashWorker", "CrashDummy", "CrashReport",
                "PostgresUnderTest", "RedisUnderTest", "SignalWorker",
            ],
            swiftSettings: house
        ),
    ]
)

if !examples.isEmpty {
    package.dependencies.append(
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"))
    package.products.append(.executable(name: "signup", targets: ["Signup"]))
    package.targets.append(
        .executableTarget(
            name: "Signup",
            dependencies: [
                "Celeriac", "CeleriacSQLite", "CeleriacCLI", argumentParser, lifecycle, logging, signals, configuration,
                nioCore, nioPosix, .product(name: "Hummingbird", package: "hummingbird"),
            ] + (hasAllExamples ? ["CeleriacRedis", "CeleriacRabbitMQ"] : [])
                + (hasPostgresDemo ? ["CeleriacPostgres"] : []),
            path: "Examples/Signup",
            exclude: ["README.md", "Package.swift"],
            swiftSettings: house + (hasAllExamples ? [.define("REDIS"), .define("RABBITMQ")] : [])
                + (hasPostgresDemo ? [.define("POSTGRES")] : [])
        ))
}
if hasAllExamples {
    package.products += [
        .executable(name: "flaskbridge", targets: ["FlaskBridge"]),
        .executable(name: "rqbridge", targets: ["RQBridge"]),
    ]
    package.targets += [
        // Without the settings of the house, as its readers build it.
        .executableTarget(
            name: "Quickstart",
            dependencies: [
                "Celeriac", "CeleriacCLI", "CeleriacSQLite", .product(name: "Hummingbird", package: "hummingbird"),
            ],
            path: "Examples/Quickstart/Sources",
            swiftSettings: [.swiftLanguageMode(.v6)]
        ),
        .executableTarget(
            name: "FlaskBridge",
            dependencies: [
                "Celeriac", "CeleriacRabbitMQ", "CeleriacRedis", "CeleriacCLI", argumentParser, logging,
            ],
            path: "Examples/FlaskBridge",
            exclude: ["README.md", "Package.swift", "Python", "run"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "RQBridge",
            dependencies: ["Celeriac", "CeleriacRQ", "CeleriacCLI", argumentParser, logging],
            path: "Examples/RQBridge",
            exclude: ["README.md", "Package.swift", "Python", "run"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "CeleriacBench",
            dependencies: [
                "Celeriac", "CeleriacSQLite", "CeleriacMemory", "CeleriacRQ", "CeleriacRabbitMQ", "CeleriacRedis",
                "CeleriacPostgres", "AMQPClient", "PostgresClient", "RESPClient", "PostgresUnderTest",
                "RabbitMQUnderTest",
                logging,
                grdb,
            ],
            path: "Benchmarks/CeleriacBench",
            swiftSettings: house
        ),
        .executableTarget(
            name: "InteropWorker",
            dependencies: [
                "CeleriacCore",
                "Celeriac", "CeleriacCLI", "CeleriacRQ", "CeleriacRedis", "CeleriacRabbitMQ", "CeleriacYAML",
                "RESPClient", logging,
            ],
            path: "Tests/InteropWorker",
            swiftSettings: house
        ),
        .testTarget(
            name: "CeleriacInteropTests",
            dependencies: [
                "TestKit",
                "CeleriacPool",
                "Celeriac", "CeleriacCore", "CeleriacCanvas", "CeleriacRQWire", "CeleriacRQ", "CeleriacRedis",
                "CeleriacRabbitMQ", "CeleriacYAML",
                "AMQPClient", "RESPClient",
                "RedisUnderTest", "RabbitMQUnderTest",
                "InteropWorker",
                "CeleriacTool", "FlaskBridge", "RQBridge", logging,
                nioCore,
                nioPosix,
            ],
            exclude: ["Python"],
            swiftSettings: house
        ),
        .testTarget(
            name: "SignupTests",
            dependencies: [
                "TestKit", "CeleriacCore",
                "Celeriac", "CeleriacSQLite", "PostgresUnderTest", "Signup", nioCore,
                nioPosix,
            ],
            swiftSettings: house
        ),
    ]
}

// CELERIAC_DOCS=1 adds the plug-in that builds the documentation: see scripts/docs.
if Context.environment["CELERIAC_DOCS"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}

// CELERIAC_FUZZ=1 adds the fuzzer of the AMQP client, and has the client's code count what an input reaches: see
// scripts/fuzz. Optimised, since it runs millions of inputs.
if Context.environment["CELERIAC_FUZZ"] != nil {
    let instrumented: SwiftSetting = .unsafeFlags(["-sanitize=fuzzer", "-O", "-enable-testing"])
    for target in package.targets where target.name == "AMQPClient" { target.swiftSettings = house + [instrumented] }
    package.targets.append(
        .executableTarget(
            name: "AMQPFuzzer", dependencies: ["AMQPClient", nioCore],
            path: "Tests/AMQPFuzzer", swiftSettings: house + [instrumented],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}

// CELERIAC_SUITES=CeleriacRedisTests,RESPClientTests builds these test targets and what they need, nothing else: a shorter
// wait while working on one part. Unset, everything is there.
if let suites = Context.environment["CELERIAC_SUITES"] {
    let kept = Set(suites.split(separator: ",").map(String.init))
    var needed: Set<String> = []
    func need(_ name: String) {
        guard needed.insert(name).inserted, let target = package.targets.first(where: { $0.name == name }) else {
            return
        }
        for dependency in target.dependencies {
            switch dependency {
            case .targetItem(let name, _), .byNameItem(let name, _): need(name)
            default: break
            }
        }
    }
    kept.forEach(need)
    package.targets.removeAll { ($0.type == .test || $0.type == .executable) && !needed.contains($0.name) }
    package.products.removeAll { product in
        guard let executable = product as? Product.Executable else { return false }
        return !executable.targets.allSatisfy(needed.contains)
    }
}
