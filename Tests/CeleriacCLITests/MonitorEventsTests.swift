import Celeriac
import Testing

@Suite("events from Swift")
struct MonitorEventsTests {
    let app: TaskApp
    let store = MemoryStore()

    init() throws { app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false)) }

    private func event(_ clock: Int64) -> MonitorEvent {
        MonitorEvent(.taskStarted, from: "w1@box", pid: 7, clock: clock, at: app.time.now, fields: ["uuid": "one"])
    }

    @Test("events come in their order, from the moment of listening on")
    func comeInOrder() async throws {
        try await store.emit([event(1)])
        let (ready, signal) = AsyncStream.makeStream(of: Void.self)
        var events = try app.events { signal.finish() }.makeAsyncIterator()
        for await _ in ready {}
        try await store.emit([event(2), event(3)])
        try await store.emit([event(4)])
        for clock: Int64 in 2...4 { #expect(try await events.next()?.clock == clock) }
    }

    @Test("a reader that is too slow loses the oldest, and is told how many")
    func countsDrops() async throws {
        let (ready, signal) = AsyncStream.makeStream(of: Void.self)
        let events = try app.events(buffer: 2) { signal.finish() }
        var iterator = events.makeAsyncIterator()
        for await _ in ready {}
        try await store.emit((1...5).map { event($0) })
        // The last one is never dropped.
        var read = 1
        while try await iterator.next()?.clock != 5 { read += 1 }
        // Once this one has come, those before it are counted.
        try await store.emit([event(6)])
        #expect(try await iterator.next()?.clock == 6)
        #expect(events.dropped == 5 - read)
    }

    @Test("a reader whose task is cancelled ends")
    func endsWhenCancelled() async throws {
        let events = try app.events()
        let reading = Task {
            var count = 0
            for try await _ in events { count += 1 }
            return count
        }
        reading.cancel()
        #expect(try await reading.value == 0)
    }
}
