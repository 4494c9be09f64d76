public import AMQPClient
public import CeleriacCore
import CeleriacLogging
public import Logging
import StoreKit
import Synchronization

/// A RabbitMQ server as a broker, on the exchanges, queues and headers of Celery. It keeps no results: combine it with
/// a result backend.
///
/// It keeps two connections, one for publishing and one for consuming, and makes them when they are first needed and
/// again after their end.
public final class RabbitMQStore: Sendable {
    let options: RabbitMQOptions
    let time: any TimeSource
    let logger: Logger
    let wakeUps = WakeUps()
    /// For publishing, declaring and asking.
    let publishing: Line
    /// For consuming.
    let consuming: Line
    let declarations: Declarations
    let delays: Delays
    let exchanges = Exchanges()
    /// The channel of messages for the default exchange, which refuses nothing.
    let direct: Renewed<AMQPChannel>
    /// The channel of messages that wait in the levels.
    let levels: Renewed<AMQPChannel>
    /// The channel of messages for exchanges that callers name.
    let routed: Renewed<AMQPChannel>
    let monitoring: Monitoring
    /// Closes the connections that other parts have made beside this store's own.
    let whenClosed = Guarded<[@Sendable () async -> Void]>([])

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
        declarations = Declarations(options.queueType)
        delays = Delays(publishing, declarations, options.delayQueueType)
        direct = publishing.sharedChannel()
        levels = publishing.sharedChannel()
        routed = publishing.sharedChannel()
        monitoring = Monitoring(publishing, logger)
    }

    /// Closes all connections. Calls under way and later ones throw ``BrokerError`` with code `closed`.
    public func close() async {
        for close in whenClosed.withLock({ $0 }) { await close() }
        await monitoring.close()
        await publishing.close()
        await consuming.close()
    }

    var configuration: AMQPConfiguration { publishing.configuration }
}
