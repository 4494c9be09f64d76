extension House {
    /// The floors of this package, the lowest first.
    static let ours = House(floors: [
        ["SocketKit"],
        [
            "AMQPClient", "CrashReport", "EmbeddedText", "CeleriacExpansion", "CeleriacBase", "CeleriacJSON",
        ],
        ["RESPClient", "PostgresClient", "CeleriacMacros", "CeleriacSchedule"],
        ["CeleriacCore"],
        ["CeleriacCanvas", "CeleriacLogging", "StoreKit"],
        ["CeleriacWire", "RedisKit"],
        ["CeleriacMemory", "CeleriacSQLite", "CeleriacPool", "CeleriacRQWire", "CeleriacYAML"],
        ["CeleriacRedis", "CeleriacRQ", "CeleriacRabbitMQ", "CeleriacPostgres"],
        ["CeleriacClient"],
        ["CeleriacWorker"],
        ["Celeriac"],
        ["CeleriacCLI", "CeleriacTesting"],
        ["CeleriacTool"],
    ])
}
