import CeleriacWire

extension Serializer {
    /// MessagePack, as kombu's serializer `msgpack`: content type `application/x-msgpack`.
    ///
    /// Bytes travel as bytes. Dates, decimals and UUIDs are sent as text. Integers of more than 64 bits are refused,
    /// because the format cannot express them. Extension types are refused on receipt.
    public static let messagePack = MessagePackCoder.serializer
}

extension AppOptions {
    /// The serializers that a signature or the configuration may name.
    var knownSerializers: [Serializer] { accept + [taskSerializer, resultSerializer, .json, .messagePack] }

    /// - Returns: `nil` for a name that this program does not know.
    package func serializer(named name: String) -> Serializer? { knownSerializers.serializer(named: name) }
}

extension TaskApp {
    /// Returns the format of a received call; `nil` for JSON.
    package func serializer(of envelope: Envelope) -> Serializer? {
        let type = envelope.properties.contentType
        if type == Envelope.json { return nil }
        return options.accept.serializer(ofType: type).flatMap { $0.isJSON ? nil : $0 }
    }
}
