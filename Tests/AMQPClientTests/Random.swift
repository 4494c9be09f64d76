import TestKit
@testable import AMQPClient

extension AMQPValue {
    static func random(_ chance: inout Chance, depth: Int = 3) -> AMQPValue {
        switch Int.random(in: 0..<(depth > 0 ? 11 : 9), using: &chance) {
        case 0: .null
        case 1: .boolean(chance.bool())
        case 2: .integer(chance.number())
        case 3: .integer(Int64(Int16.random(in: .min ... .max, using: &chance)))
        case 4: .double(.random(in: -1e9...1e9, using: &chance))
        case 5: .decimal(scale: chance.number(), value: chance.number())
        case 6: .string(chance.text())
        case 7: .bytes(chance.bytes(0...20))
        case 8: .timestamp(chance.number())
        case 9: .array((0..<Int.random(in: 0...4, using: &chance)).map { _ in random(&chance, depth: depth - 1) })
        default: .table(.random(&chance, depth: depth - 1))
        }
    }
}

extension AMQPTable {
    static func random(_ chance: inout Chance, depth: Int = 3) -> AMQPTable {
        AMQPTable(
            (0..<Int.random(in: 0...4, using: &chance)).map { _ in
                (chance.text(), AMQPValue.random(&chance, depth: depth))
            })
    }
}

extension AMQPProperties {
    static func random(_ chance: inout Chance) -> AMQPProperties {
        var properties = AMQPProperties()
        if chance.bool() { properties.contentType = chance.text() }
        if chance.bool() { properties.contentEncoding = chance.text() }
        if chance.bool() { properties.headers = .random(&chance) }
        if chance.bool() { properties.deliveryMode = chance.number() }
        if chance.bool() { properties.priority = chance.number() }
        if chance.bool() { properties.correlationID = chance.text() }
        if chance.bool() { properties.replyTo = chance.text() }
        if chance.bool() { properties.expiration = chance.text() }
        if chance.bool() { properties.messageID = chance.text() }
        if chance.bool() { properties.timestamp = chance.number() }
        if chance.bool() { properties.type = chance.text() }
        if chance.bool() { properties.userID = chance.text() }
        if chance.bool() { properties.appID = chance.text() }
        if chance.bool() { properties.clusterID = chance.text() }
        return properties
    }
}

extension Method {
    /// One of every method, with random arguments.
    static func every(_ chance: inout Chance) -> [Method] {
        connections(&chance) + channels(&chance) + exchanges(&chance) + queues(&chance) + basics(&chance)
            + [.confirm(.select(noWait: chance.bool())), .confirm(.selectOk)]
    }

    private static func connections(_ chance: inout Chance) -> [Method] {
        let tuning = ConnectionMethod.Tuning(
            channelMax: chance.number(), frameMax: chance.number(), heartbeat: chance.number())
        let methods: [ConnectionMethod] = [
            .start(
                major: 0, minor: 9, serverProperties: .random(&chance), mechanisms: chance.text(),
                locales: chance.text()),
            .startOk(
                clientProperties: .random(&chance), mechanism: chance.text(), response: chance.bytes(0...30),
                locale: chance.text()),
            .secure(challenge: chance.bytes(0...30)), .secureOk(response: chance.bytes(0...30)), .tune(tuning),
            .tuneOk(tuning), .open(virtualHost: chance.text()), .openOk, .close(.random(&chance)), .closeOk,
            .blocked(reason: chance.text()), .unblocked,
        ]
        return methods.map { .connection($0) }
    }

    private static func channels(_ chance: inout Chance) -> [Method] {
        let methods: [ChannelMethod] = [
            .open, .openOk, .flow(isActive: chance.bool()), .flowOk(isActive: chance.bool()), .close(.random(&chance)),
            .closeOk,
        ]
        return methods.map { .channel($0) }
    }

    private static func exchanges(_ chance: inout Chance) -> [Method] {
        let binding = ExchangeMethod.Binding(
            destination: chance.text(), source: chance.text(), routingKey: chance.text(), arguments: .random(&chance))
        let methods: [ExchangeMethod] = [
            .declare(
                .init(
                    exchange: chance.text(), type: chance.text(), isPassive: chance.bool(), isDurable: chance.bool(),
                    isAutoDelete: chance.bool(), isInternal: chance.bool(), arguments: .random(&chance))),
            .declareOk, .delete(exchange: chance.text(), ifUnused: chance.bool()), .deleteOk, .bind(binding), .bindOk,
            .unbind(binding), .unbindOk,
        ]
        return methods.map { .exchange($0) }
    }

    private static func queues(_ chance: inout Chance) -> [Method] {
        let binding = QueueMethod.Binding(
            queue: chance.text(), exchange: chance.text(), routingKey: chance.text(), arguments: .random(&chance))
        let methods: [QueueMethod] = [
            .declare(
                .init(
                    queue: chance.text(), isPassive: chance.bool(), isDurable: chance.bool(),
                    isExclusive: chance.bool(), isAutoDelete: chance.bool(), arguments: .random(&chance))),
            .declareOk(queue: chance.text(), messages: chance.number(), consumers: chance.number()), .bind(binding),
            .bindOk, .purge(queue: chance.text()), .purgeOk(messages: chance.number()),
            .delete(queue: chance.text(), ifUnused: chance.bool(), ifEmpty: chance.bool()),
            .deleteOk(messages: chance.number()), .unbind(binding), .unbindOk,
        ]
        return methods.map { .queue($0) }
    }

    private static func basics(_ chance: inout Chance) -> [Method] {
        let methods: [BasicMethod] = [
            .qos(prefetchSize: chance.number(), prefetchCount: chance.number(), isGlobal: chance.bool()), .qosOk,
            .consume(
                .init(
                    queue: chance.text(), consumerTag: chance.text(), noLocal: chance.bool(), noAck: chance.bool(),
                    isExclusive: chance.bool(), arguments: .random(&chance))),
            .consumeOk(consumerTag: chance.text()), .cancel(consumerTag: chance.text(), noWait: chance.bool()),
            .cancelOk(consumerTag: chance.text()),
            .publish(exchange: chance.text(), routingKey: chance.text(), isMandatory: chance.bool()),
            .return(code: chance.number(), text: chance.text(), exchange: chance.text(), routingKey: chance.text()),
            .deliver(
                consumerTag: chance.text(), tag: chance.number(), isRedelivered: chance.bool(),
                exchange: chance.text(), routingKey: chance.text()),
            .get(queue: chance.text(), noAck: chance.bool()),
            .getOk(
                tag: chance.number(), isRedelivered: chance.bool(), exchange: chance.text(),
                routingKey: chance.text(), messages: chance.number()),
            .getEmpty, .ack(tag: chance.number(), isMultiple: chance.bool()),
            .reject(tag: chance.number(), isRequeued: chance.bool()), .recover(isRequeued: chance.bool()), .recoverOk,
            .nack(tag: chance.number(), isMultiple: chance.bool(), isRequeued: chance.bool()),
        ]
        return methods.map { .basic($0) }
    }
}

extension Closing {
    static func random(_ chance: inout Chance) -> Closing {
        Closing(code: chance.number(), text: chance.text(), cause: MethodID(chance.number(), chance.number()))
    }
}
