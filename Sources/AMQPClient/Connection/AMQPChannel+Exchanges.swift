/// How an exchange chooses the queues for a message.
public struct AMQPExchangeType: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// By an equal routing key.
    public static let direct = AMQPExchangeType(rawValue: "direct")
    /// By patterns of routing keys, with `*` for one word and `#` for any number of words.
    public static let topic = AMQPExchangeType(rawValue: "topic")
    /// Every bound queue.
    public static let fanout = AMQPExchangeType(rawValue: "fanout")
    /// By headers.
    public static let headers = AMQPExchangeType(rawValue: "headers")
}

/// Exchanges. Every call throws ``AMQPError``; with code `server` and the server's reply code if the server refuses it,
/// which closes the channel.
extension AMQPChannel {
    /// Declares an exchange. Idempotent for the same type, properties and arguments; other ones are refused with 406.
    ///
    /// - Parameters:
    ///   - isDurable: whether it survives a restart of the server.
    ///   - isAutoDelete: whether it is deleted after its last binding.
    ///   - isInternal: whether it takes messages of other exchanges only.
    public func declareExchange(
        _ name: String, _ type: AMQPExchangeType, isDurable: Bool = true, isAutoDelete: Bool = false,
        isInternal: Bool = false, arguments: AMQPTable = [:], deadline: Duration? = nil
    ) async throws {
        let declaration = ExchangeMethod.Declaration(
            exchange: name, type: type.rawValue, isDurable: isDurable, isAutoDelete: isAutoDelete,
            isInternal: isInternal, arguments: arguments)
        _ = try await ask(.exchange(.declare(declaration)), deadline)
    }

    /// Asks for an exchange without declaring it (a passive declare). An unknown one is a 404 that closes the channel.
    public func checkExchange(_ name: String, deadline: Duration? = nil) async throws {
        let declaration = ExchangeMethod.Declaration(exchange: name, type: "", isPassive: true)
        _ = try await ask(.exchange(.declare(declaration)), deadline)
    }

    /// Deletes an exchange. RabbitMQ takes an unknown one as deleted.
    ///
    /// - Parameter ifUnused: whether to refuse (406) while it has bindings.
    public func deleteExchange(_ name: String, ifUnused: Bool = false, deadline: Duration? = nil) async throws {
        _ = try await ask(.exchange(.delete(exchange: name, ifUnused: ifUnused)), deadline)
    }

    /// Has an exchange receive messages of another one (RabbitMQ's extension). Idempotent.
    public func bindExchange(
        _ destination: String, to source: String, routingKey: String, arguments: AMQPTable = [:],
        deadline: Duration? = nil
    ) async throws {
        let binding = ExchangeMethod.Binding(
            destination: destination, source: source, routingKey: routingKey, arguments: arguments)
        _ = try await ask(.exchange(.bind(binding)), deadline)
    }

    /// Removes a binding between exchanges. Idempotent.
    public func unbindExchange(
        _ destination: String, from source: String, routingKey: String, arguments: AMQPTable = [:],
        deadline: Duration? = nil
    ) async throws {
        let binding = ExchangeMethod.Binding(
            destination: destination, source: source, routingKey: routingKey, arguments: arguments)
        _ = try await ask(.exchange(.unbind(binding)), deadline)
    }
}
