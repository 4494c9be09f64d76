import CeleriacCore
import RESPClient
import RedisKit
import Testing

@testable import CeleriacRQ
@testable import CeleriacRedis

@Suite("URLs of Redis")
struct AddressTests {
    /// The server that a URL of either layout names.
    private func configuration(of url: BackendURL) throws -> RESPConfiguration {
        let isRQ = RQOptions.schemes.all.contains(url.scheme)
        return isRQ ? try RQAddress(url).configuration : try RedisAddress(url).configuration
    }

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
        "databases and sockets are read as kombu, Celery and redis-py read them",
        arguments: [
            ("redis://h:6379//", 0), ("redis://h:6379/", 0), ("redis://h:6379/0/", 0), ("redis://h:6379/%2F", 0),
            ("redis://h//4", 4), ("redis://h/2\n", 2), (" redis://h/2 ", 2), ("redis://h?virtual_host=4", 4),
            ("redis://h?virtual_host=/4", 4), ("redis://h?virtual_host=/", 0), ("redis://h/4?virtual_host=4", 4),
            ("redis://h?db=3", 3), ("redis://h/2?db=3", 3), ("rq://h:6379//", 0), ("sentinel://h/main/", 0),
            ("sentinel://h/main/5/", 5),
        ])
    func databases(text: String, database: Int) throws {
        #expect(try configuration(of: BackendURL(text)).database == database)
    }

    @Test(
        "a socket may be named by kombu's scheme or by redis-py's",
        arguments: [
            "redis+socket:///run/redis.sock?virtual_host=2", "redis+socket:///run/redis.sock?db=2",
            "unix:///run/redis.sock?db=2", "rq+unix:///run/redis.sock?db=2", "unix://u:p@/run/redis.sock?db=2",
            "redis+socket://u:p@/run/redis.sock?virtual_host=2", "unix:///run/redis.sock?db=2&username=u&password=p",
        ])
    func sockets(text: String) throws {
        let configuration = try configuration(of: BackendURL(text))
        #expect(configuration.address == .unixSocket("/run/redis.sock"))
        #expect(configuration.database == 2)
        let hasLogin = text.contains("u:p@") || text.contains("password")
        #expect(configuration.user == (hasLogin ? "u" : nil))
        #expect(configuration.password == (hasLogin ? "p" : nil))
    }

    @Test("no part of a password is printed, whatever it is made of and wherever it stands")
    func hidesPasswords() {
        var generator = SystemRandomNumberGenerator()
        let templates = [
            "redis://*@host/0", "redis://:*@host/0", "redis://user:*@host:1/0?nonsense=1", "redis://*@host",
            "rediss://:*@h/x",
            "redis://h/0?password=*", "redis://h/x?password=*", "redis://h?sentinel_password=*&db=x",
            "redis+socket://:*@/a?db=x",
            "unix://*@/run/r.sock", "sentinel://:*@one;two/main/x", "sentinel://*@one/main", "rq://*@host/0",
            "rq://user:*@h/x",
            "rq+unix:///r?password=*", "redis://:*@host/0?ssl_cert_reqs=maybe", "redis://:*@host:port/0",
            "nonsense://:*@host/",
        ]
        for _ in 0..<5_000 {
            let parts = (0..<Int.random(in: 1...4, using: &generator)).map { _ in Self.secret(&generator) }
            let signs = "?#/@%&=".map(String.init)
            let password = parts.reduce("") { $0 + (Bool.random(using: &generator) ? signs.randomElement()! : "") + $1 }
            let text = (templates.randomElement() ?? "").replacing("*", with: password)
            var said = ""
            do {
                let url = try BackendURL(text)
                said = "\(url)"
                _ = try configuration(of: url)
            } catch { said += "\(error)" }
            for part in parts { #expect(!said.contains(part), "\(text) says \(said)") }
        }
    }

    /// Eight digits and letters that stand in no error.
    private static func secret(_ generator: inout some RandomNumberGenerator) -> String {
        "Z" + String((0..<7).map { _ in "0123456789QXYZ".randomElement(using: &generator) ?? "Q" })
    }

    @Test(
        "what cannot be meant is refused, by name and without the password",
        arguments: [
            "redis://:secret@h/x", "redis://:secret@h?nonsense=1", "redis://:secret@h?priority_steps=3,0",
            "redis://:secret@h?priority_steps=0,10", "redis://:secret@h?delays=never",
            "redis://:secret@h?ssl_ca_certs=/x",
            "redis://:secret@h?waiting_connections=-1", "redis+socket://", "sentinel://:secret@h", "sentinel:///main",
            "rediss://:secret@h?ssl_cert_reqs=maybe", "redis://secret?TopSecretTail@host/0", "redis://:secret@h?sep=",
            "redis://:secret@h/1?virtual_host=2", "redis://:secret@h/1/2", "redis://:secret@h?virtual_host=secret",
            "redis://h?password=a&secret", "redis://:1/secret@h", "sentinel://u:1/secret@one",
            "unix://host/run/redis.sock", "redis://:secret@h?serializer=json", "rq://:secret@h?sep=x",
        ])
    func refused(text: String) throws {
        let error = #expect(throws: CeleriacError.self) { try configuration(of: BackendURL(text)) }
        #expect(error?.code == .invalidURL)
        #expect("\(String(describing: error))".contains("secret") == false)
        #expect("\(String(describing: error))".contains("TopSecretTail") == false)
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
