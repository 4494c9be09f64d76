// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "signup",
    platforms: [.macOS(.v15)],
    // swift run --traits Redis signup: without a trait, nothing of its server's client is built.
    traits: [
        .trait(name: "Redis", description: "redis:// as the broker and the result backend"),
        .trait(name: "RabbitMQ", description: "amqp:// as the broker"),
        .trait(
            name: "Postgres", description: "postgres:// as the broker and the result backend, with the members' rows"),
    ],
    dependencies: [
        // In a package of your own: .package(url: "…/celeriac", from: "…", traits: …)
        .package(
            name: "celeriac", path: "../..",
            traits: [
                "SQLite", "CLI",
                .trait(name: "Redis", condition: .when(traits: ["Redis"])),
                .trait(name: "RabbitMQ", condition: .when(traits: ["RabbitMQ"])),
                .trait(name: "Postgres", condition: .when(traits: ["Postgres"])),
            ]),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "signup",
            dependencies: [
                .product(name: "Celeriac", package: "celeriac"),
                .product(name: "CeleriacSQLite", package: "celeriac"),
                .product(name: "CeleriacCLI", package: "celeriac"),
                .product(name: "CeleriacRedis", package: "celeriac", condition: .when(traits: ["Redis"])),
                .product(name: "CeleriacRabbitMQ", package: "celeriac", condition: .when(traits: ["RabbitMQ"])),
                .product(name: "CeleriacPostgres", package: "celeriac", condition: .when(traits: ["Postgres"])),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: ".",
            exclude: ["README.md"],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .define("REDIS", .when(traits: ["Redis"])), .define("RABBITMQ", .when(traits: ["RabbitMQ"])),
                .define("POSTGRES", .when(traits: ["Postgres"])),
            ]
        )
    ]
)
