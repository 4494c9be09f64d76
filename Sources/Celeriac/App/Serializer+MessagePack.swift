import CeleriacWire

extension Serializer {
    /// MessagePack, as kombu's serializer `msgpack`: content type `application/x-msgpack`.
    ///
    /// Bytes travel as bytes. Dates, decimals and UUIDs are sent as their text, and integers of more than 64 bits are
    /// refused, since the format has no word for them. Extension types are refused when they arrive.
    public static let messagePack = MessagePackCoder.serializer
}

extension AppOptions {
    /// Those that a name in a signature or in the configuration may mean.
    var knownSerializers: [Serializer] { accept + [taskSerializer, resultSerializer, .json, .messagePack] }

    /// - Returns: `nil` for a name that this program does not know.
    package func serializer(named name: String) -> Serializer? { knownSerializers.serializer(named: name) }
}

extension TaskApp {
    /// The format in which a call came; `nil` = JSON.
    func serializer(of envelope: Envelope) -> Serializer? {
        let type = envelope.properties.contentType
        if type == Envelope.json { return nil }
        return options.accept.serializer(ofType: type).flatMap { $0.isJSON ? nil : $0 }
    }
}
