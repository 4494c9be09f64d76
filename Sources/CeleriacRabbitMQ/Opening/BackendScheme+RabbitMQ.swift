import AMQPClient
public import CeleriacCore
public import Logging

extension BackendScheme {
    /// A RabbitMQ server as a broker: `amqp://user:password@host:port/vhost`, and `amqps://…` with TLS. Further hosts
    /// follow behind a semicolon, `amqp://one:5672;two:5672/vhost`; they are tried in turn.
    ///
    /// Options: `queue_type`, `delay_queue_type` (`plain`, `quorum`), `prefetch` and `consumer_timeout` (seconds), see
    /// ``RabbitMQOptions``;
    /// `heartbeat` and `connect_timeout` in seconds, `connection_name`, `login_method` (`PLAIN`, `AMQPLAIN`,
    /// `EXTERNAL`), `ssl_cert_reqs` (`required`, `none`), `ssl_check_hostname`, `ssl_ca_certs`, `ssl_certfile`,
    /// `ssl_keyfile`.
    public static let rabbitMQ = BackendScheme(RabbitMQAddress.schemes) { url, time in
        let address = try RabbitMQAddress(url)
        return Backend(
            broker: RabbitMQStore(address.configuration, options: address.options, time: time), results: nil)
    }
}

extension RabbitMQStore {
    /// Opens a store by URL, as ``CeleriacCore/BackendScheme/rabbitMQ`` does. It connects at the first use.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    public convenience init(
        url: String, time: any TimeSource = SystemTime(), logger: Logger = Logger(label: "celeriac.rabbitmq")
    ) throws {
        let address = try RabbitMQAddress(BackendURL(url))
        self.init(address.configuration, options: address.options, time: time, logger: logger)
    }
}
