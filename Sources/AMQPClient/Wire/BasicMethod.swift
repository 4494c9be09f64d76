import NIOCore

/// Class basic, with RabbitMQ's `nack`.
enum BasicMethod: Sendable, Hashable {
    case qos(prefetchSize: UInt32, prefetchCount: UInt16, isGlobal: Bool)
    case qosOk
    case consume(Consumption)
    case consumeOk(consumerTag: String)
    case cancel(consumerTag: String, noWait: Bool)
    case cancelOk(consumerTag: String)
    case publish(exchange: String, routingKey: String, isMandatory: Bool)
    case `return`(code: UInt16, text: String, exchange: String, routingKey: String)
    case deliver(consumerTag: String, tag: UInt64, isRedelivered: Bool, exchange: String, routingKey: String)
    case get(queue: String, noAck: Bool)
    case getOk(tag: UInt64, isRedelivered: Bool, exchange: String, routingKey: String, messages: UInt32)
    case getEmpty
    case ack(tag: UInt64, isMultiple: Bool)
    case reject(tag: UInt64, isRequeued: Bool)
    case recover(isRequeued: Bool)
    case recoverOk
    case nack(tag: UInt64, isMultiple: Bool, isRequeued: Bool)

    struct Consumption: Sendable, Hashable {
        var queue: String
        var consumerTag: String
        var noLocal = false
        var noAck = false
        var isExclusive = false
        var arguments = AMQPTable()
    }

    var number: UInt16 {
        switch self {
        case .qos: 10
        case .qosOk: 11
        case .consume: 20
        case .consumeOk: 21
        case .cancel: 30
        case .cancelOk: 31
        case .publish: 40
        case .return: 50
        case .deliver: 60
        case .get: 70
        case .getOk: 71
        case .getEmpty: 72
        case .ack: 80
        case .reject: 90
        case .recover: 110
        case .recoverOk: 111
        case .nack: 120
        }
    }
}
