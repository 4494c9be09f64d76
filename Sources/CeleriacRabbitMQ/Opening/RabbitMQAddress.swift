import AMQPClient
import CeleriacCore
import StoreKit

/// A server and the settings of a store, read from a URL.
struct RabbitMQAddress {
    var configuration: AMQPConfiguration
    var options = RabbitMQOptions()

    static let schemes = ["amqp", "amqps", "pyamqp", "pyamqps", "rabbitmq"]
    private static let ownNames = "queue_type, delay_queue_type, prefetch, consumer_timeout, "

    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    init(_ url: BackendURL) throws {
        guard Self.schemes.contains(url.scheme) else {
            throw url.refusal("must have one of the schemes \(Self.schemes.joined(separator: ", "))")
        }
        configuration = AMQPConfiguration(hosts: try Self.hosts(url))
        if url.scheme.hasSuffix("amqps") { configuration.tls = AMQPConfiguration.TLS() }
        configuration.user = url.user ?? configuration.user
        configuration.password = url.password ?? configuration.password
        configuration.virtualHost = try Self.virtualHost(url)
        for (name, value) in url.options.sorted(by: { $0.key < $1.key }) where try !set(name, to: value, url) {
            do { try configuration.set(name, to: value) } catch let error as AMQPError {
                throw Self.isKnown(name)
                    ? url.refusal("is not usable: \(error.message)")
                    : url.refusal(ofOption: name, known: Self.ownNames + AMQPConfiguration.optionNames)
            }
        }
    }

    private static func isKnown(_ name: String) -> Bool {
        AMQPConfiguration.optionNames.split(separator: ", ").contains { $0 == name }
    }

    /// Further hosts follow behind a semicolon: `amqp://one:5672;two:5672/vhost`.
    private static func hosts(_ url: BackendURL) throws -> [AMQPConfiguration.Host] {
        let authority = (url.host ?? "") + (url.port.map { ":\($0)" } ?? "")
        let hosts = try authority.split(separator: ";").map { try host($0, url) }
        return hosts.isEmpty ? [.init("127.0.0.1", port: url.port)] : hosts
    }

    private static func host(_ text: Substring, _ url: BackendURL) throws -> AMQPConfiguration.Host {
        let afterBracket = text.lastIndex(of: "]") ?? text.startIndex
        guard let colon = text[afterBracket...].lastIndex(of: ":") else { return .init(withoutBrackets(text)) }
        guard let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port) else {
            throw url.refusal("has a host whose port is not a number from 1 to 65535")
        }
        return .init(withoutBrackets(text[..<colon]), port: port)
    }

    private static func withoutBrackets(_ host: Substring) -> String {
        String(host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host)
    }

    /// As kombu reads it: nothing, `/` and `//` name the virtual host `/`; `/name` names `name`.
    private static func virtualHost(_ url: BackendURL) throws -> String {
        let name = String(url.path.dropFirst())
        guard !name.contains("://") else {
            throw url.refusal("has further hosts behind its path: write amqp://one:5672;two:5672/vhost")
        }
        return name.isEmpty ? "/" : name
    }

    private mutating func set(_ name: String, to value: String, _ url: BackendURL) throws -> Bool {
        switch name {
        case "queue_type": options.queueType = try url.choice(value, name, "plain or quorum")
        case "delay_queue_type": options.delayQueueType = try url.choice(value, name, "plain or quorum")
        case "prefetch": options.prefetch = try url.number(value, name, 1...65_535)
        case "consumer_timeout": options.consumerTimeout = .seconds(try url.number(value, name, 1...31_536_000))
        default: return false
        }
        return true
    }
}
