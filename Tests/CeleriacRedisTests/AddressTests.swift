import CeleriacCore
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("URLs of Redis")
struct AddressTests {
    @Test("a server is named by host, port, database and login")
    func server() throws {
        let address = try RedisAddress(
            BackendURL("redis://user:p%40ss@example.com:7000/3?prefix=app.&visibility_timeout=60"))
        #expect(address.configuration.address == .host("example.com", port: 7000))
        #expect(address.configuration.database == 3)
        #expect(address.configuration.user == "user")
        #expect(address.configuration.password == "p@ss")
        #expect(address.configuration.tls == nil)
        #expect(address.options.keyPrefix == "app.")
        #expect(address.options.visibilityTimeout == .seconds(60))
    }

    @Test("what is left out is the usual")
    func usual() throws {
        let address = try RedisAddress(BackendURL("redis://"))
        #expect(address.configuration.address == .host("127.0.0.1", port: 6379))
        #expect(address.configuration.database == 0)
        #expect(address.options.prioritySteps == [0, 3, 6, 9])
    }

    @Test("TLS is verified unless the URL says loudly that it is not")
    func tls() throws {
        let plain = try RedisAddress(BackendURL("rediss://h"))
        #expect(plain.configuration.tls?.verification == .full)
        let none = try RedisAddress(BackendURL("rediss://h?ssl_cert_reqs=CERT_NONE"))
        #expect(none.configuration.tls?.verification == .insecurelyNothing)
        let files = try RedisAddress(
            BackendURL("rediss://h?ssl_ca_certs=/ca.pem&ssl_certfile=/c.pem&ssl_keyfile=/k.pem"))
        #expect(files.configuration.tls == .init(authorities: "/ca.pem", certificate: "/c.pem", key: "/k.pem"))
    }

    @Test("a socket and Sentinels have forms of their own")
    func others() throws {
        let socket = try RedisAddress(BackendURL("redis+socket:///run/redis.sock?db=1"))
        #expect(socket.configuration.address == .unixSocket("/run/redis.sock"))
        #expect(socket.configuration.database == 1)
        let sentinel = try RedisAddress(BackendURL("sentinel://:secret@one:26379;two;[::1]:26381/main/2"))
        #expect(
            sentinel.configuration.address
                == .sentinel([.init("one"), .init("two"), .init("::1", port: 26381)], service: "main"))
        #expect(sentinel.configuration.database == 2)
        #expect(sentinel.configuration.password == "secret")
    }

    @Test(
        "what cannot be meant is refused, by name and without the password",
        arguments: [
            "redis://:secret@h/x", "redis://:secret@h?nonsense=1", "redis://:secret@h?priority_steps=3,0",
            "redis://:secret@h?priority_steps=0,10", "redis://:secret@h?delays=never",
            "redis://:secret@h?ssl_ca_certs=/x",
            "redis://:secret@h?waiting_connections=-1", "redis+socket://", "sentinel://:secret@h", "sentinel:///main",
            "rediss://:secret@h?ssl_cert_reqs=maybe",
        ])
    func refused(text: String) throws {
        let error = #expect(throws: CeleriacError.self) { try RedisAddress(BackendURL(text)) }
        #expect(error?.code == .invalidURL)
        #expect("\(String(describing: error))".contains("secret") == false)
    }
}

@Suite("Delivery tags")
struct DeliveryTagTests {
    @Test("a tag is read as it was written")
    func roundTrip() {
        let source = TagSource()
        var tag = source.next(publishedAt: .init(microseconds: 1_767_225_600_000_001))
        #expect(DeliveryTag(tag.text) == tag)
        tag.due = 1_767_225_700_000_000
        tag.unique = .init(span: .untilStart, digest: "ab12", nonce: source.nonce())
        tag.isEtaInForce = true
        #expect(DeliveryTag(tag.text) == tag)
        #expect(DeliveryTag(tag.text + "+17") == tag)
        #expect(DeliveryTag("bd27cbdb-b822-438a-beb1-4c2dad8c8eb9") == nil)
        #expect(source.next(publishedAt: .init(microseconds: 0)).serial != tag.serial)
    }
}
