import Foundation
import RESPClient

/// Measures the speed of the server itself with `redis-benchmark`, and that of the bare Redis client, with values of
/// the size of a message.
struct RedisCeilings {
    let scale: Scale
    let server: RedisProcess
    let table: Table

    func run() async throws {
        try server.empty()
        let count = scale.isQuick ? 2000 : 20_000
        let ping = try server.benchmark("-c", "1", "-n", "\(count)", "-t", "ping_mbulk")
        let single = try server.benchmark("-c", "1", "-n", "\(count)", "-d", "800", "-t", "lpush")
        let piped = try server.benchmark("-c", "50", "-P", "16", "-n", "\(count * 20)", "-d", "800", "-t", "lpush")
        try server.empty()
        let bare = try await bareClient(count)
        try server.empty()
        print("| redis-benchmark, 800 bytes | /s | ours | ratio |\n|---|--:|--:|--:|")
        row("LPUSH, one connection, one by one", single, "enqueue, one at a time")
        row("LPUSH, 50 connections, -P 16", piped, "enqueue, 64 at once")
        print("| PING, one connection, one by one | \(Table.text(ping)) | | |")
        row("bare RESPClient, LPUSH one by one", bare.single, "enqueue, one at a time")
        row("bare RESPClient, LPUSH 64 at once", bare.concurrent, "enqueue, 64 at once")
        if let median = table["delay().get() p50", "redis"] {
            print("\ndelay().get(), redis: \(Table.text(median / (1000 / ping))) PING round trips at the median")
        }
        let drains = ["10,000", Table.text(Double(scale.largeBacklog))].map { "drain of 10,000 with \($0) waiting" }
        if let small = table[drains[0], "redis"], let large = table[drains[1], "redis"] {
            print("drain at the large backlog against the small one, redis: \(Table.text(large / small)) x\n")
        }
    }

    /// Measures the client without a queue: the cost of switching from the caller's thread to the event loop and back.
    private func bareClient(_ count: Int) async throws -> (single: Double, concurrent: Double) {
        let client = RESPClient(RESPConfiguration(address: .host("127.0.0.1", port: server.port)))
        let value = [UInt8](repeating: 120, count: 800)
        _ = try await client.send(RESPCommand("LPUSH", "bare", value))
        let single = try await rate(count) {
            for _ in 0..<count { _ = try await client.send(RESPCommand("LPUSH", "bare", value)) }
        }
        let concurrent = try await rate(count * 4) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        for _ in 0..<(count / 16) { _ = try await client.send(RESPCommand("LPUSH", "bare", value)) }
                    }
                }
                try await group.waitForAll()
            }
        }
        await client.close()
        return (single, concurrent)
    }

    private func row(_ name: String, _ ceiling: Double, _ figure: String) {
        let ours = table[figure, "redis"] ?? .nan
        print("| \(name) | \(Table.text(ceiling)) | \(figure): \(Table.text(ours)) | \(Table.text(ours / ceiling)) |")
    }
}
