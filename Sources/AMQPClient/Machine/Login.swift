/// The client's side of the login (SASL): the mechanism and its response.
struct Login {
    private let configuration: AMQPConfiguration

    init(_ configuration: AMQPConfiguration) { self.configuration = configuration }

    /// Chooses the configured mechanism, or the first of PLAIN and AMQPLAIN that the server offers.
    func mechanism(among offered: String) throws(AMQPError) -> AMQPConfiguration.Mechanism {
        let offers = offered.split(separator: " ").map(String.init)
        let wanted = configuration.mechanism.map { [$0] } ?? [.plain, .amqplain]
        if let mechanism = wanted.first(where: { offers.contains($0.rawValue) }) { return mechanism }
        let names = wanted.map(\.rawValue).joined(separator: " or ")
        throw AMQPError(.misconfigured, "the server offers the logins \(offered.prefix(200)), not \(names)")
    }

    /// PLAIN: RFC 4616. AMQPLAIN: a table without its length (RabbitMQ, "Authentication"). EXTERNAL: nothing, since the
    /// client's certificate says who it is.
    func response(to mechanism: AMQPConfiguration.Mechanism) throws(AMQPViolation) -> [UInt8] {
        switch mechanism {
        case .plain: return [0] + Array(configuration.user.utf8) + [0] + Array(configuration.password.utf8)
        case .external: return []
        case .amqplain:
            return try AMQPTable([
                ("LOGIN", .string(configuration.user)), ("PASSWORD", .string(configuration.password)),
            ]).encodedWithoutLength()
        }
    }

    /// The properties that the client announces. The capabilities make the server confirm, nack, cancel and report blocks.
    var clientProperties: AMQPTable {
        var properties: AMQPTable = [
            "product": "AMQPClient", "platform": "Swift",
            "capabilities": [
                "publisher_confirms": true, "exchange_exchange_bindings": true, "basic.nack": true,
                "consumer_cancel_notify": true, "connection.blocked": true, "per_consumer_qos": true,
                "authentication_failure_close": true,
            ],
        ]
        if let name = configuration.connectionName { properties["connection_name"] = .string(name) }
        return properties
    }
}
