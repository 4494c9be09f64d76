package import CeleriacCore

/// The members that all of kombu's messages have.
extension JSONWriter {
    init(reserving capacity: Int) {
        self.init()
        bytes.reserveCapacity(capacity)
    }

    mutating func deliveryInfo(exchange: String, routingKey: String) {
        key("delivery_info")
        beginObject()
        field("exchange", exchange)
        field("routing_key", routingKey)
        endObject()
    }

    mutating func base64Field(_ name: String, _ content: [UInt8]) {
        key(name)
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: Base64.encode(content))
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONWriter {
    /// Writes the arguments as text for people, as Celery's producers do. Writes nothing if the body is not Celery's.
    package mutating func representations(of envelope: Envelope) {
        guard let texts = PythonRepr.texts(of: envelope) else { return }
        field("argsrepr", texts.args)
        field("kwargsrepr", texts.kwargs)
    }
}
