import Testing

@testable import AMQPClient

@Suite("the URL of a server")
struct URLTests {
    @Test(
        "virtual hosts are read as kombu reads them",
        arguments: [
            ("amqp://h", "/"), ("amqp://h/", "/"), ("amqp://h//", "/"), ("amqp://h/%2F", "/"), ("amqp://h/%2f", "/"),
            ("amqp://h/name", "name"), ("amqp://h//name", "/name"), ("amqp://h/a%20b", "a b"), ("amqp://h/a/b", "a/b"),
            ("amqp://h:5673/name?heartbeat=3", "name"), ("pyamqp://h/name", "name"),
        ])
    func virtualHosts(url: String, virtualHost: String) throws {
        #expect(try AMQPConfiguration(url: url).virtualHost == virtualHost)
    }

    @Test("user, password, host and port have kombu's defaults, and are decoded")
    func parts() throws {
        let plain = try AMQPConfiguration(url: "amqp://")
        #expect(plain.hosts == [.init("localhost")] && plain.user == "guest" && plain.password == "guest")
        #expect(plain.tls == nil)
        let full = try AMQPConfiguration(url: "amqps://us%40er:p%3A%2F@ss@rabbit.example:5679/v")
        #expect(full.hosts == [.init("rabbit.example", port: 5679)])
        #expect(full.user == "us@er" && full.password == "p:/@ss" && full.virtualHost == "v")
        #expect(full.tls == .init())
        #expect(try AMQPConfiguration(url: "amqp://u:p@[::1]:5673//").hosts == [.init("::1", port: 5673)])
        #expect(try AMQPConfiguration(url: "AMQP://h").hosts == [.init("h")])
    }

    @Test("several hosts stand behind semicolons and share the rest")
    func hosts() throws {
        let several = try AMQPConfiguration(url: "amqp://u:p@a/v;amqp://u:p@b:5673/v;c:5674")
        #expect(several.hosts == [.init("a"), .init("b", port: 5673), .init("c", port: 5674)])
        for other in ["amqp://x:y@b/v", "amqp://b/w", "amqps://b", "amqp://b/v?heartbeat=3"] {
            #expect(throws: AMQPError.self) { try AMQPConfiguration(url: "amqp://u:p@a/v;\(other)") }
        }
    }

    @Test("options are kombu's")
    func options() throws {
        let url =
            "amqps://h/v?ssl_cert_reqs=CERT_REQUIRED&ssl_ca_certs=/ca.pem&ssl_certfile=/c.pem&ssl_keyfile=/k.pem"
            + "&heartbeat=2.5&connect_timeout=1&login_method=external&connection_name=w%201"
        let configuration = try AMQPConfiguration(url: url)
        #expect(configuration.tls == .init(authorities: "/ca.pem", certificate: "/c.pem", key: "/k.pem"))
        #expect(configuration.heartbeat == .milliseconds(2500) && configuration.connectTimeout == .seconds(1))
        #expect(configuration.mechanism == .external && configuration.connectionName == "w 1")
        #expect(try AMQPConfiguration(url: "amqps://h?ssl_cert_reqs=none").tls?.verification == .insecurelyNothing)
        #expect(try AMQPConfiguration(url: "amqps://h?ssl_check_hostname=False").tls?.verification == .chainOnly)
    }

    @Test(
        "what cannot be read is refused, without its secrets",
        arguments: [
            "", ";", "h:5672", "redis://canary:canary@h", "amqp://canary:canary@h:port", "amqp://canary:canary@h:0",
            "amqp://canary:canary@h:65536", "amqp://canary:%zz@h", "amqp://canary:%ff@h", "amqp://canary:canary@h/%4",
            "amqp://canary:canary@h?x=1", "amqp://canary:canary@h?ssl_ca_certs=/x",
            "amqp://canary:canary@h?heartbeat=x",
            "amqp://canary:canary@h?heartbeat=-1", "amqp://canary:canary@h?heartbeat=nan",
            "amqp://canary:canary@h?login_method=canary", "amqps://canary:canary@h?ssl_cert_reqs=maybe",
        ])
    func refused(url: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(url: url) }
        #expect(error?.code == .misconfigured)
        #expect(error.map { "\($0)".contains("canary") } == false)
    }

    @Test("a configuration shows no password")
    func secrets() throws {
        let configuration = try AMQPConfiguration(url: "amqp://canary:canary@h/v")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("canary") && text.contains("h"))
        }
    }
}
