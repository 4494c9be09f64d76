import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import RedisUnderTest
import Testing

@testable import CeleriacRedis

@Suite("What a server may be and do", .serialized, .timeLimit(.minutes(15)))
struct ServerTests {
    @Test("a server that may delete messages at will is refused, with what to do about it")
    func evictionPolicy() async throws {
        var options = RedisServer.Options()
        options.lines = ["maxmemory-policy allkeys-lru"]
        try await RedisServer.run(options) { server in
            let store = RedisStore(Stores.configuration(of: server), logger: .quiet)
            await #expect { try await store.publish([.sample("a")]) } throws: { error in
                let error = error as? BrokerError
                return error?.code == .refused && error?.message.contains("noeviction") == true
            }
            var unchecked = RedisOptions()
            unchecked.checksServer = false
            let daring = RedisStore(Stores.configuration(of: server), options: unchecked, logger: .quiet)
            try await daring.publish([.sample("a")])
            await store.close()
            await daring.close()
        }
    }

    @Test("a server that may not say how it is set up is used all the same")
    func leastRights() async throws {
        var options = RedisServer.Options()
        options.lines = ["user default on nopass ~* &* +@all -info -@dangerous -config -keys"]
        try await RedisServer.run(options) { server in
            let store = RedisStore(Stores.configuration(of: server), logger: .quiet)
            try await store.publish([.sample("a")])
            #expect(try await store.drain() == ["a"])
            await store.close()
        }
    }

    @Test("a full server and one that may only be read are told apart")
    func refusals() async throws {
        try await RedisServer.run { server in
            let store = RedisStore(Stores.configuration(of: server), logger: .quiet)
            try await store.publish([.sample("a")])
            try await store.raw("CONFIG", "SET", "maxmemory", "1")
            await #expect { try await store.publish([.sample("b")]) } throws: {
                ($0 as? BrokerError)?.code == .full
            }
            await #expect { try await store.publish([.sample("b"), .sample("c", to: "mail")]) } throws: {
                ($0 as? BrokerError)?.code == .full
            }
            try await store.raw("CONFIG", "SET", "maxmemory", "0")
            try await store.raw("REPLICAOF", "127.0.0.1", "1")
            await #expect { try await store.publish([.sample("b")]) } throws: {
                ($0 as? BrokerError)?.code == .readOnly
            }
            try await store.raw("REPLICAOF", "NO", "ONE")
            #expect(try await store.drain() == ["a"])
            await store.close()
        }
    }

    @Test("a server that is not there, and a store that is closed, say so")
    func absent() async throws {
        let port = try FreePort.next()
        let store = try RedisStore(url: "redis://127.0.0.1:\(port)?deadline_ms=200", logger: .quiet)
        await #expect { try await store.publish([.sample("a")]) } throws: {
            ($0 as? BrokerError)?.code == .unreachable
        }
        await store.close()
        await #expect { try await store.publish([.sample("a")]) } throws: {
            ($0 as? BrokerError)?.code == .closed
        }
    }

    @Test("a frozen server fails an enqueue at its deadline, and all that gathered behind it")
    func frozen() async throws {
        try await RedisServer.run { server in
            let store = try RedisStore(url: server.url + "?deadline_ms=300", logger: .quiet)
            try await store.publish([.sample("first")])
            try await server.freeze()
            let codes = await withTaskGroup(of: BrokerError.Code?.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            try await store.publish([.sample(TaskID("\(number)"))])
                            return nil
                        } catch { return (error as? BrokerError)?.code }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            server.thaw()
            #expect(codes.allSatisfy { $0 == .deadlineExceeded || $0 == .unreachable || $0 == .connectionLost })
            await store.close()
        }
    }

    @Test("a store of another process wakes who waits, whatever the list")
    func wakes() async throws {
        try await RedisServer.run { server in
            let waiting = try RedisStore(url: server.url + "?waiting_connections=1", logger: .quiet)
            let publishing = RedisStore(Stores.configuration(of: server), logger: .quiet)
            for (number, priority) in [nil, CallPriority.low, .high].enumerated() {
                for queue in ["mail", "reports"] as [QueueName] {
                    async let claimed = waiting.consume(["mail", "reports"]) { consumer in
                        let deliveries = try await consumer.next(upTo: 1, from: ["mail", "reports"], wait: true)
                        #expect(try await consumer.settle(deliveries.map { ($0.receipt, .ack) }) == [])
                        return deliveries.map(\.id)
                    }
                    let id = TaskID("\(number)-\(queue)")
                    try await publishing.publish([.sample(id, to: queue, priority: priority)])
                    #expect(try await claimed == [id])
                }
            }
            await waiting.close()
            await publishing.close()
        }
    }
}
