/// What the message says of itself and of its way here. All of it is known in child processes too.
extension TaskContext {
    /// The call's arguments, taken apart but not decoded: ``ReceivedArguments/args`` and ``ReceivedArguments/kwargs`` give
    /// them as JSON. Each access looks into the body anew.
    ///
    /// - Throws: nothing in a task that runs, since its body was read before it started.
    public var arguments: ReceivedArguments { get throws { try app.codec.decode(envelope).arguments } }

    // MARK: Priority

    /// How urgent the call is among those of its queue, higher first. `.normal` where its caller asked for none.
    public var priority: CallPriority { envelope.priority }

    /// The same as Celery's `delivery_info['priority']` on Redis: 0 to 9, lower first; 0 where its caller asked for none.
    public var wirePriority: Int { envelope.askedPriority?.onCelerysWire ?? 0 }

    // MARK: Way

    /// What a reply is to name: the id, unless the caller chose another text.
    public var correlationID: String { envelope.properties.correlationID ?? id.rawValue }

    /// Where the caller wants a reply. `nil` where it named no place; workers do not send replies.
    public var replyTo: String? { envelope.properties.replyTo }

    /// The exchange that the call came through; `nil` = straight into its queue.
    public var exchange: String? { envelope.exchange }

    /// What the exchange routed by; the queue's name where there is no exchange.
    public var routingKey: String { envelope.routingKey ?? queue.rawValue }

    /// Whether the call was handed out before, without an outcome: the worker that had it died or lost it.
    public var isRedelivered: Bool { deliveryCount > 1 }

    // MARK: Where it runs

    /// Whether the call never left the process that made it: nobody outside of it reaches the app's broker. Celery's `is_eager`.
    public var isEager: Bool { app.broker.isProcessLocal && !app.isCutOff }

    /// Whether the code that asks runs outside of every call, as when a task's function is called like any other. Celery's
    /// `called_directly`. Within a task that calls another one's function directly it is false.
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
