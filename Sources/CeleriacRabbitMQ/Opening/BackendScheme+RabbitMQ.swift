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
    ///
    /// The result backend `rpc://` goes through such a broker, see ``RPCResults``. It names no server. Options:
    /// `result_persistent`, `track_started`, `result_extended` (`true`, `false`), `most_results`, `most_result_bytes`,
    /// `lifetime` and `queue_expires` (seconds), `largest_result` (bytes), see ``RPCOptions``.
    public static let rabbitMQ = BackendScheme(RabbitMQAddress.schemes, beside: ["rpc": rpc]) { url, time in
        let address = try RabbitMQAddress(url)
        return Backend(
            broker: RabbitMQStore(address.configuration, options: address.options, time: time), results: nil)
    }

    private static let rpc: OpenBeside = { url, backend, _ in
        guard let store = backend.broker as? RabbitMQStore else {
            throw url.refusal(
                "sends results through RabbitMQ, and the broker of this app is \(backend.broker.transport): use an amqp:// "
                    + "broker, or leave the result backend out to keep results in the broker's own store")
        }
        return RPCResults(through: store, options: try RPCOptions(url))
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
