import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import RESPClient
import Testing

@testable import CeleriacRQ

@Suite("Names that are no queues' in RQ's layout", .oneServer, .timeLimit(.minutes(15)))
struct RQReservedNameTests {
    private let time = ManualTime()

    @Test("a name that RQ's own keys would lie under is refused by every step that a queue has, and nothing is written")
    func refused() async throws {
        let store = try RQStores.inVirtualTime(time, prefix: "rq.\(RQStores.prefix())")
        let prefix = store.keys.prefix
        for name in ["\(prefix):queues", "\(prefix):queue:mail", "mail:intermediate", "mail:intermediate:first_seen:a"]
        {
            let queue = try QueueName(name)
            let steps: [() async throws -> Void] = [
                { try await store.publish([.sample("a"), .sample("b", to: queue)]) },
                { try await store.enqueue([RQEnqueueing(RQJob(id: "a", data: []), to: queue)]) },
                { _ = try await store.purge(queue) },
                { try await store.consume([queue]) { _ in } },
            ]
            for step in steps {
                let error = await #expect(throws: BrokerError.self) { try await step() }
                #expect(error?.code == .refused && error?.message.contains(name) == true)
            }
        }
        #expect(try await store.raw("KEYS", prefix + "*").texts == [])
    }

    @Test("other names with colons are queues, as with RQ")
    func free() throws {
        let store = try RQStores.inVirtualTime(time, prefix: "rq")
        for queue in ["mail:high", "a:b:c", "rq", "intermediate", "other:rq:queues"] as [QueueName] {
            #expect(store.objection(to: queue) == nil)
        }
    }
}
