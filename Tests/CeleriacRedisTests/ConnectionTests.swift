import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import RESPClient
import Testing

@testable import CeleriacRQ
@testable import CeleriacRedis

@Suite("The client of a broker in Redis", .oneServer, .timeLimit(.minutes(15)))
struct ConnectionTests {
    @Test("a broker in Redis lends its own client, any other has none")
    func lent() async throws {
        let brokers: [any Broker] = [try Stores.inVirtualTime(ManualTime()), try RQStores.inVirtualTime(ManualTime())]
        for broker in brokers {
            let redis = try #require(broker.redis)
            #expect(try await redis.send(RESPCommand("ECHO", "here")).text == "here")
        }
        let other: any Broker = MemoryStore()
        #expect(other.redis == nil)
    }
}
