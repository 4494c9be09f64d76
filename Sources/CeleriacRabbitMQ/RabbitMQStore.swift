public import AMQPClient
public import CeleriacCore
import CeleriacLogging
public import Logging

/// A RabbitMQ server as a broker, on the exchanges, queues and headers of Celery. It keeps no results: combine it with
/// a result backend.
public final class RabbitMQStore: Sendable {
    let options: RabbitMQOptions
    let time: any TimeSource
    let logger: Logger
    /// For publishing, declaring and asking.
    let publishing: Line
    /// For consuming.
    let consuming: Line

    /// It connects at the first use.
    ///
    /// - Parameter time: used only for deadlines and pauses; the server's clock counts the delays.
    public init(
        _ configuration: AMQPConfiguration, options: RabbitMQOptions = RabbitMQOptions(),
        time: any TimeSource = SystemTime(), logger: Logger = Logger(label: "celeriac.rabbitmq")
    ) {
        let logger = logger.escapingMetadata
        self.options = options
        self.time = time
        self.logger = logger
        publishing = Line(configuration, logger)
        consuming = Line(configuration, logger)
    }

    /// Closes all connections. Calls under way and later ones throw ``BrokerError`` with code `closed`.
    public func close() async {
        await publishing.close()
        await consuming.close()
    }

    var configuration: AMQPConfiguration { publishing.configuration }
}
