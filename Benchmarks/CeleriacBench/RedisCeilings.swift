import Foundation

/// What the server itself can do, by `redis-benchmark`, with values of the size of a message.
struct RedisCeilings {
    let scale: Scale
    let server: RedisProcess
    let table: Table

    func run() throws {
        try server.empty()
        let count = scale.isQuick ? 2000 : 20_000
        let ping = try server.benchmark("-c", "1", "-n", "\(count)", "-t", "ping_mbulk")
        let single = try server.benchmark("-c", "1", "-n", "\(count)", "-d", "800", "-t", "lpush")
        let piped = try server.benchmark("-c", "50", "-P", "16", "-n", "\(count * 20)", "-d", "800", "-t", "lpush")
        try server.empty()
        print("| redis-benchmark, 800 bytes | /s | ours | ratio |\n|---|--:|--:|--:|")
        row("LPUSH, one connection, one by one", single, "enqueue, one at a time")
        row("LPUSH, 50 connections, -P 16", piped, "enqueue, 64 at once")
        print("| PING, one connection, one by one | \(Table.text(ping)) | | |")
        if let median = table["delay().get() p50", "redis"] {
            print("\ndelay().get(), redis: \(Table.text(median / (1000 / ping))) PING round trips at the median")
        }
        let drains = ["10,000", Table.text(Double(scale.largeBacklog))].map { "drain of 10,000 with \($0) waiting" }
        if let small = table[drains[0], "redis"], let large = table[drains[1], "redis"] {
            print("drain at the large backlog against the small one, redis: \(Table.text(large / small)) x\n")
        }
    }

    private func row(_ name: String, _ ceiling: Double, _ figure: String) {
        let ours = table[figure, "redis"] ?? .nan
        print("| \(name) | \(Table.text(ceiling)) | \(figure): \(Table.text(ours)) | \(Table.text(ours / ceiling)) |")
    }
}
