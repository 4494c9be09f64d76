#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore

/// A promise of every ``EventChannel``.
public typealias EventChannelCheck = Check<any EventChannel>

extension Check where Subject == any EventChannel {
    public static var all: [EventChannelCheck] {
        [
            EventChannelCheck("an event arrives as it was sent, with all that it says") { channel, time in
                try await channel.withWatchers(1) { watchers in
                    for text in BrokerCheck.hostileTexts {
                        let event = MonitorEvent.full(text, at: time.now)
                        try await channel.emit([event])
                        try expect(await watchers[0].next(), is: event, "event")
                    }
                }
            },
            EventChannelCheck("events of one kind arrive in their order") { channel, time in
                try await channel.withWatchers(1) { watchers in
                    let events = (1...50).map { MonitorEvent.sample(.taskStarted, clock: $0, at: time.now) }
                    try await channel.emit(Array(events.prefix(20)))
                    try await channel.emit(Array(events.dropFirst(20)))
                    for event in events { try expect(await watchers[0].next(), is: event, "event") }
                }
            },
            EventChannelCheck("events of workers and of tasks may be sent together") { channel, time in
                try await channel.withWatchers(1) { watchers in
                    let kinds: [MonitorEvent.Kind] = [.workerOnline, .taskReceived, .workerHeartbeat, .taskStarted]
                    let events = kinds.enumerated().map { index, kind in
                        MonitorEvent.sample(kind, clock: Int64(index), at: time.now)
                    }
                    try await channel.emit(events)
                    var clocks: Set<Int64> = []
                    for _ in events { clocks.insert(try require(await watchers[0].next(), "an event").clock) }
                    try expect(clocks, is: [0, 1, 2, 3], "clocks")
                }
            },
            EventChannelCheck("every watcher gets every event") { channel, time in
                try await channel.withWatchers(3) { watchers in
                    let event = MonitorEvent.sample(.taskSent, clock: 7, at: time.now)
                    try await channel.emit([event])
                    for watcher in watchers { try expect(await watcher.next(), is: event, "event") }
                }
            },
            EventChannelCheck("what is sent while nobody watches is gone") { channel, time in
                try await channel.emit([.sample(.taskStarted, clock: 1, at: time.now)])
                try await channel.emit([])
                try await channel.withWatchers(1) { watchers in
                    let event = MonitorEvent.sample(.taskStarted, clock: 2, at: time.now)
                    try await channel.emit([event])
                    try expect(await watchers[0].next(), is: event, "first event")
                }
            },
        ]
    }
}

extension EventChannel {
    /// Lets watchers receive while `body` runs, and passes it the events that each of them hears.
    fileprivate func withWatchers(
        _ count: Int, _ body: ([Heard<MonitorEvent>]) async throws -> Void
    ) async throws {
        let watchers = (0..<count).map { _ in Heard<MonitorEvent>() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let listening = Heard<Void>()
            for watcher in watchers {
                group.addTask {
                    try await expectCancelled {
                        try await receiveEvents(isListening: { listening.hear(()) }) { events in
                            for event in events { watcher.hear(event) }
                        }
                    }
                }
            }
            for _ in watchers { _ = await listening.next() }
            try await body(watchers)
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

extension MonitorEvent {
    fileprivate static func sample(_ kind: Kind, clock: Int64, at date: Date) -> MonitorEvent {
        let fields: JSONObject = kind.isOfTask ? ["uuid": "id"] : ["freq": 2.0]
        return MonitorEvent(kind, from: "a@host", pid: 4711, clock: clock, at: date, fields: fields)
    }

    fileprivate static func full(_ text: String, at date: Date) -> MonitorEvent {
        MonitorEvent(
            .taskFailed, from: "a@host", pid: 4711, clock: 12, at: date, utcOffset: -5.5,
            fields: ["uuid": .string("id \(text)"), "exception": .string(text), "traceback": nil, "runtime": 0.25])
    }
}
