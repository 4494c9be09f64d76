import CeleriacCore
import CeleriacRQWire
import RESPClient
import RedisKit
import Testing

@testable import CeleriacRQ

@Suite("URLs of RQ's layout")
struct RQAddressTests {
    @Test("a server is named as with Celery's layout, its options are RQ's")
    func server() throws {
        let address = try RQAddress(
            BackendURL(
                "rq://user:p%40ss@example.com:7000/3?prefix=app&serializer=json&worker_name=w1&abandoned=fail"
                    + "&schedules=no&failure_ttl=60&check_server=false&waiting_connections=2&deadline_ms=100"))
        #expect(address.configuration.address == .host("example.com", port: 7000))
        #expect(address.configuration.database == 3)
        #expect(address.configuration.password == "p@ss")
        #expect(address.configuration.deadline == .milliseconds(100))
        #expect(address.options.keys.prefix == "app")
        #expect(address.options.serializer == .json)
        #expect(address.options.workerName == "w1")
        #expect(address.options.abandoned == .fail)
        #expect(!address.options.schedules && !address.options.checksServer)
        #expect(address.options.failureTTL == .seconds(60))
        #expect(address.options.waitingConnections == 2)
    }

    @Test("what is left out is RQ's own")
    func usual() throws {
        let address = try RQAddress(BackendURL("rq://"))
        #expect(address.configuration.address == .host("127.0.0.1", port: 6379))
        #expect(address.options.keys == .usual)
        #expect(address.options.serializer == .pickle)
        #expect(address.options.schedules && address.options.abandoned == .requeue)
    }

    @Test("options name RQ's prefix and format without the types of its wire")
    func options() throws {
        var options = try RQOptions(prefix: "app")
        #expect(options.prefix == "app" && options.keys.queues == "app:queues")
        #expect(options.format == .pickle && options.serializer == .pickle)
        options.format = .json
        #expect(options.serializer == .json)
        #expect(throws: CeleriacError.self) { try RQOptions(prefix: "a b") }
    }

    @Test("TLS, a socket and Sentinels have forms of their own")
    func others() throws {
        #expect(try RQAddress(BackendURL("rqs://h")).configuration.tls?.verification == .full)
        let socket = try RQAddress(BackendURL("rq+socket:///run/redis.sock?db=1"))
        #expect(socket.configuration.address == .unixSocket("/run/redis.sock"))
        let sentinel = try RQAddress(BackendURL("rq+sentinel://one;two/main/2"))
        #expect(sentinel.configuration.address == .sentinel([.init("one"), .init("two")], service: "main"))
    }

    @Test(
        "what cannot be meant is refused, by name and without the password",
        arguments: [
            "rq://:secret@h/x", "rq://:secret@h?nonsense=1", "rq://:secret@h?priority_steps=0", "rq+socket://",
            "rq://:secret@h?serializer=yaml", "rq://:secret@h?prefix=a%20b", "rq://:secret@h?abandoned=maybe",
            "redis://:secret@h", "rq+sentinel://:secret@h",
        ])
    func refused(text: String) throws {
        let error = #expect(throws: CeleriacError.self) { try RQAddress(BackendURL(text)) }
        #expect(error?.code == .invalidURL)
        #expect("\(String(describing: error))".contains("secret") == false)
    }
}
