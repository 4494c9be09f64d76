extension House {
    /// The floors of this package, the lowest first.
    static let ours = House(floors: [
        [
            "RESPClient", "AMQPClient", "CrashReport", "EmbeddedText", "CeleriacExpansion", "CeleriacBase",
            "CeleriacJSON",
        ],
        ["CeleriacMacros", "CeleriacSchedule"],
        ["CeleriacCore"],
        ["CeleriacCanvas", "CeleriacLogging", "StoreKit"],
        ["CeleriacWire", "RedisKit"],
        ["CeleriacMemory", "CeleriacSQLite", "CeleriacPool", "CeleriacRQWire", "CeleriacYAML"],
        ["CeleriacRedis", "CeleriacRQ"],
        ["Celeriac"],
        ["CeleriacCLI", "CeleriacTesting"],
        ["CeleriacTool"],
    ])

    /// The target whose folders still form a circle: its client and its worker are not two targets yet.
    static let unordered: Set<String> = ["Celeriac"]
}
