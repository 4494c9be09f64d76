/// What the message contains about itself and its delivery. All of it is available in child processes too.
extension TaskContext {
    /// The call's arguments, split but not decoded: `args` and `kwargs` return
    /// them as JSON. Each access reads the body again.
    ///
    /// - Throws: nothing in a running task, since its body was read before it started.
    public var arguments: ReceivedArguments { get throws { try app.codec.decode(envelope).arguments } }

    // MARK: Priority

    /// How urgent the call is among those of its queue, higher first. `.normal` if its caller gave none.
    public var priority: CallPriority { envelope.priority }

    /// The same as Celery's `delivery_info['priority']` on Redis: 0 to 9, lower first; 0 if its caller gave none.
    public var wirePriority: Int { envelope.askedPriority?.onCelerysWire ?? 0 }

    // MARK: Way

    /// The id that a reply must name: the call's id, unless the caller chose another text.
    public var correlationID: String { envelope.properties.correlationID ?? id.rawValue }

    /// The queue in which the caller wants the states of the call; `nil` if it named none. With the result backend
    /// `rpc://` the worker sends them there.
    public var replyTo: String? { envelope.properties.replyTo }

    /// The exchange that the call came through; `nil` if it went straight into its queue.
    public var exchange: String? { envelope.exchange }

    /// The key that the exchange routed by; the queue's name if there is no exchange.
    public var routingKey: String { envelope.routingKey ?? queue.rawValue }

    /// Whether the call was delivered before without an outcome: the worker that had it died or lost it.
    public var isRedelivered: Bool { deliveryCount > 1 }

    // MARK: Where it runs

    /// Whether the call never left the process that made it, because nobody outside can reach the app's broker.
    /// Celery's `is_eager`.
    public var isEager: Bool { app.broker.isProcessLocal && !app.isCutOff }

    /// Whether the current code runs outside of every call, for example because a task's function was called like any
    /// other. Celery's `called_directly`. False within a task that calls another task's function directly.
    public static var isCalledDirectly: Bool { current == nil }
}

extension ReceivedArguments {
    /// The positional arguments: a JSON array.
    ///
    /// - Throws: `JSONError` for text that no codec has checked.
    public var args: JSONValue { get throws { .array(try positional.map(value)) } }

    /// The keyword arguments: a JSON object.
    ///
    /// - Throws: `JSONError` for text that no codec has checked.
    public var kwargs: JSONValue {
        get throws {
            var writer = JSONWriter()
            writer.beginObject()
            for keyword in keywords {
                writer.key(keyword.name)
                writer.raw(body[keyword.range])
            }
            writer.endObject()
            return try JSONValue(parsing: writer.bytes, limits: .checkedBefore)
        }
    }

    private func value(in range: Range<Int>) throws -> JSONValue {
        try JSONValue(parsing: body[range], limits: .checkedBefore)
    }
}
