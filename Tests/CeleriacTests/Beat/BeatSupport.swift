import Celeriac
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Foundation
import Testing

/// Runs beats beside `body`, and stops them afterwards.
func withBeats(
    _ apps: [TaskApp], _ options: BeatOptions = BeatOptions(), _ body: () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for app in apps { group.addTask { try await Beat(app, options: options).run() } }
        do { try await body() } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
        try await group.waitForAll()
    }
}

extension ManualTime {
    /// Moves the clock second by second; after each the beats come to rest.
    func pass(_ seconds: Int, beats: Int = 1) async throws {
        try await untilSleepers(beats)
        for _ in 0..<seconds {
            await advance(by: .seconds(1))
            try await untilSleepers(beats)
        }
    }
}

extension TaskApp {
    /// What waits in a queue, what is delayed behind what is ready.
    func waiting(in queue: QueueName = .default) async throws -> [QueuedMessage] {
        let inspector = try #require(broker as? any Inspector)
        return try await inspector.messages(in: queue, .ready, after: nil, limit: 1000).items
            + inspector.messages(in: queue, .delayed, after: nil, limit: 1000).items
    }

    /// The ticks of what waits, in seconds since the test began.
    func ticks(in queue: QueueName = .default) async throws -> [Int] {
        try await waiting(in: queue).map { message in
            let text = try #require(message.envelope.headers.extra["x_beat"]?["tick"]?.stringValue)
            return Int(try #require(ISODate.parse(text)).timeIntervalSince(ManualTime.epoch))
        }
    }
}

extension ScheduleEntry {
    static func every(_ seconds: Int, _ name: String = "a", missed: MissedPolicy = .runOnce) -> ScheduleEntry {
        ScheduleEntry(name, .every(.seconds(seconds)), task: "tick", missed: missed)
    }
}
