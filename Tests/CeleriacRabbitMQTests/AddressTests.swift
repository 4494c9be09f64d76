import AMQPClient
import CeleriacCore
import Testing

@testable import CeleriacRabbitMQ

@Suite("The URL of a RabbitMQ store")
struct AddressTests {
    private func address(_ url: String) throws -> RabbitMQAddress { try RabbitMQAddress(BackendURL(url)) }

    @Test(
        "a virtual host is named as kombu names it",
        arguments: [
            ("amqp://h", "/"), ("amqp://h/", "/"), ("amqp://h//", "/"), ("amqp://h/%2F", "/"),
            ("amqp://h/jobs", "jobs"),
            ("amqp://h/a%2Fb", "a/b"),
        ])
    func virtualHost(url: String, name: String) throws {
        #expect(try address(url).configuration.virtualHost == name)
    }

    @Test("hosts, login and TLS are read")
    func parts() throws {
        let one = try address("amqps://ada:s%40crets@one:5671;[::1]:5672;three:5673/jobs").configuration
        #expect(one.hosts.map(\.description) == ["one:5671", "::1:5672", "three:5673"])
        #expect(one.user == "ada" && one.password == "s@crets")
        #expect(one.tls != nil)
        let two = try address("amqp://[::1]:5672;two/jobs").configuration
        #expect(two.hosts.map(\.description) == ["::1:5672", "two"] && two.virtualHost == "jobs")
        let plain = try address("amqp://").configuration
        #expect(plain.hosts.map(\.name) == ["127.0.0.1"])
        #expect(plain.user == "guest" && plain.password == "guest" && plain.tls == nil)
    }

    @Test("the options of the store and of the connection are read")
    func options() throws {
        let url =
            "amqp://h/?queue_type=quorum&delay_queue_type=plain&prefetch=7&consumer_timeout=60&heartbeat=3&login_method=PLAIN"
        let address = try address(url)
        #expect(address.options.queueType == .quorum && address.options.delayQueueType == .plain)
        #expect(address.options.prefetch == 7 && address.options.consumerTimeout == .seconds(60))
        #expect(address.configuration.heartbeat == .seconds(3) && address.configuration.mechanism == .plain)
    }

    @Test(
        "what cannot be meant is refused, with what to do and without the password",
        arguments: [
            ("amqp://u:hunter2@h/?queue_type=stream", "plain or quorum"),
            ("amqp://u:hunter2@h/?prefetch=0", "from 1 to 65535"),
            ("amqp://u:hunter2@h/?consumer_timeout=soon", "a number from 1"),
            ("amqp://u:hunter2@h/?colour=red", "it knows queue_type"),
            ("amqp://u:hunter2@h/?ssl_ca_certs=/ca.pem", "amqps://"),
            ("amqp://u:hunter2@h:99999", "port"), ("redis://u:hunter2@h", "one of the schemes amqp"),
            ("amqp://u:hunter2@h/v;amqp://u:hunter2@i/v", "further hosts"),
        ])
    func refused(url: String, hint: String) throws {
        let error = #expect(throws: CeleriacError.self) { try address(url) }
        #expect(error?.code == .invalidURL)
        #expect("\(error.map { "\($0)" } ?? "")".contains(hint))
        #expect(!"\(error.map { "\($0)" } ?? "")".contains("hunter2"))
    }
}
