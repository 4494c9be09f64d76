import CeleriacCore
import CeleriacRQWire
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ
@testable import CeleriacRedis

/// Lists have no keys: how a page finds the place where the page before ended.
@Suite("Pages of lists in Redis", .oneServer, .timeLimit(.minutes(15)))
struct PagingTests {
    private let time = ManualTime()

    private func publish(_ count: Int, in store: RedisStore) async throws {
        try await store.publish((0..<count).map { .sample(TaskID("\($0)")) })
    }

    private func page(_ store: RedisStore, after cursor: Cursor? = nil, _ limit: Int = 5) async throws -> Page<TaskID> {
        try await store.messages(in: .default, .ready, after: cursor, limit: limit).mapItems(\.id)
    }

    /// Takes messages from the served end, and puts each of them where `move` says, as it is.
    private func claim(_ count: Int, from store: RedisStore, move: StaticString? = nil) async throws {
        let list = store.keys.list(.default, step: 0)
        for _ in 0..<count {
            let raw = try await store.raw("RPOP", list).text ?? ""
            if let move { try await store.raw(move, list, raw) }
        }
    }

    @Test("messages that came back at the other end do not hide those that were not listed yet")
    func backAtTheOtherEnd() async throws {
        let store = try Stores.inVirtualTime(time)
        try await publish(20, in: store)
        let first = try await page(store)
        // 0 to 6, the last ones listed among them, are now the newest of the list.
        try await claim(7, from: store, move: "LPUSH")
        let second = try await page(store, after: first.next)
        #expect(second.items == ["7", "8", "9", "10", "11"])
        // Pushes behind them make the list as long as it was.
        try await store.publish((20..<40).map { .sample(TaskID("\($0)")) })
        try await claim(9, from: store, move: "LPUSH")
        #expect(try await page(store, after: second.next).items == ["16", "17", "18", "19", "0"])
        await store.close()
    }

    @Test("messages of Python's that came back at the other end do not hide others either")
    func pythonBackAtTheOtherEnd() async throws {
        let store = try Stores.inVirtualTime(time)
        let list = store.keys.list(.default, step: 0)
        for number in 0..<12 {
            try await store.raw("LPUSH", list, PythonMessage(id: "\(number)", tag: "t\(number)").text)
        }
        let first = try await page(store, 4)
        #expect(first.items == ["0", "1", "2", "3"])
        try await claim(4, from: store, move: "LPUSH")
        #expect(try await page(store, after: first.next, 4).items == ["4", "5", "6", "7"])
        await store.close()
    }

    @Test("a message that came back at the served end is where the next page begins, if it was listed")
    func backAtTheServedEnd() async throws {
        let store = try Stores.inVirtualTime(time)
        try await publish(12, in: store)
        let first = try await page(store)
        let list = store.keys.list(.default, step: 0)
        let raws = try await store.list(list)
        try await claim(7, from: store)
        try await store.raw("RPUSH", list, raws[6], raws[4])
        #expect(try await page(store, after: first.next).items == ["6", "7", "8", "9", "10"])
        await store.close()
    }

    @Test("if all that was listed is gone, the next page begins with the message that is served next")
    func allGone() async throws {
        let store = try Stores.inVirtualTime(time)
        try await publish(20, in: store)
        let first = try await page(store)
        try await claim(9, from: store)
        #expect(try await page(store, after: first.next).items == ["9", "10", "11", "12", "13"])
        await store.close()
    }

    @Test("single removals, the newest message among them, neither hide nor repeat one")
    func removals() async throws {
        let store = try Stores.inVirtualTime(time)
        try await publish(20, in: store)
        let first = try await page(store)
        for id in ["4", "3", "5", "19", "18"] as [TaskID] { #expect(try await store.remove(id)) }
        let second = try await page(store, after: first.next)
        #expect(second.items == ["6", "7", "8", "9", "10"])
        for id in ["17", "16", "15"] as [TaskID] { #expect(try await store.remove(id)) }
        #expect(try await page(store, after: second.next).items == ["11", "12", "13", "14"])
        await store.close()
    }

    @Test("after the removal of the last eight listed, messages are listed again, and none is hidden")
    func allAnchorsRemoved() async throws {
        let store = try Stores.inVirtualTime(time)
        try await publish(20, in: store)
        let first = try await page(store, 10)
        for number in 2..<10 { #expect(try await store.remove(TaskID("\(number)"))) }
        #expect(try await page(store, after: first.next).items == ["0", "1", "10", "11", "12"])
        await store.close()
    }

    @Test("a search that reads more than one step may takes several, and finds its place")
    func longSearch() async throws {
        let store = try Stores.inVirtualTime(time)
        let body = Array("[[\"\(String(repeating: "x", count: 1 << 20))\"],{},{}]".utf8)
        for number in 0..<60 {
            var publication = Publication.sample(TaskID("\(number)"))
            publication.envelope = Envelope(
                headers: publication.envelope.headers, properties: publication.envelope.properties, body: body)
            try await store.publish([publication])
        }
        let first = try await page(store, 20)
        #expect(first.items == (0..<20).map { TaskID("\($0)") })
        try await claim(16, from: store)
        #expect(try await page(store, after: first.next, 2).items == ["20", "21"])
        try await claim(9, from: store)
        #expect(try await page(store, after: first.next, 2).items == ["25", "26"])
        await store.close()
    }

    @Test("a walk follows the steps of priority")
    func steps() async throws {
        let store = try Stores.inVirtualTime(time)
        for priority in [9, 6, 3, 0] {
            try await store.publish(
                (0..<5).map { .sample(TaskID("\(priority)-\($0)"), priority: CallPriority(clamping: priority)) })
        }
        var ids: [TaskID] = []
        var cursor: Cursor?
        repeat {
            let page = try await page(store, after: cursor, 3)
            ids += page
            cursor = page.next
            try await store.publish([.sample(TaskID("urgent-\(ids.count)"), priority: .high)])
        } while cursor != nil
        let stayed = [9, 6, 3, 0].flatMap { priority in (0..<5).map { "\(priority)-\($0)" } }
        #expect(ids.map(\.rawValue).filter { !$0.hasPrefix("urgent") } == stayed)
        await store.close()
    }

    @Test("jobs of RQ's that came back at the end of the list do not hide others")
    func rq() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish((0..<20).map { .sample(TaskID("\($0)"), to: "default") })
        func page(after cursor: Cursor? = nil) async throws -> Page<TaskID> {
            try await store.messages(in: "default", .ready, after: cursor, limit: 5).mapItems(\.id)
        }
        let first = try await page()
        for _ in 0..<7 {
            let id = try await store.raw("LPOP", store.keys.queue("default")).text ?? ""
            try await store.raw("RPUSH", store.keys.queue("default"), id)
        }
        let second = try await page(after: first.next)
        #expect(second.items == ["7", "8", "9", "10", "11"])
        for id in ["11", "19"] as [TaskID] { #expect(try await store.remove(id)) }
        #expect(try await page(after: second.next).items == ["12", "13", "14", "15", "16"])
        for id in ["7", "8", "9", "10", "12"] as [TaskID] { #expect(try await store.remove(id)) }
        #expect(try await page(after: second.next).items == ["13", "14", "15", "16", "17"])
        await store.close()
    }
}
