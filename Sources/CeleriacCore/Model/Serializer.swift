/// A format of bodies and results, with Celery's name and content type for it.
///
/// ``json`` is always available. `Celeriac` adds `.messagePack`, `CeleriacYAML` adds `.yaml`. Two serializers are equal
/// if their content types are.
/// Source: `kombu/serialization.py`, kombu 5.7.
public struct Serializer: Sendable {
    private let parts: Parts

    private final class Parts: Sendable {
        let name: String
        let contentType: String
        let contentEncoding: String
        let coder: (any BodyCoder)?

        init(_ name: String, _ contentType: String, _ contentEncoding: String, _ coder: (any BodyCoder)?) {
            self.name = name
            self.contentType = contentType
            self.contentEncoding = contentEncoding
            self.coder = coder
        }
    }

    /// JSON as UTF-8. The default everywhere.
    public static let json = Serializer(Parts("json", Envelope.json, "utf-8", nil))

    /// - Parameters:
    ///   - name: the name in Celery's settings, for example `msgpack`.
    ///   - contentType: compared in lower case.
    ///   - contentEncoding: written next to the content type. Ignored when reading, as in kombu.
    ///   - coder: turns JSON text into the format and back.
    public init(_ name: String, contentType: String, contentEncoding: String, coder: some BodyCoder) {
        parts = Parts(name, contentType.lowercased(), contentEncoding, coder)
    }

    private init(_ parts: Parts) { self.parts = parts }

    public var name: String { parts.name }
    public var contentType: String { parts.contentType }
    public var contentEncoding: String { parts.contentEncoding }
    /// `nil` if the text is JSON already.
    public var coder: (any BodyCoder)? { parts.coder }
    public var isJSON: Bool { parts.coder == nil }
}

extension Serializer: Hashable, CustomStringConvertible {
    public static func == (left: Serializer, right: Serializer) -> Bool {
        left.parts === right.parts || left.contentType == right.contentType
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(contentType) }

    public var description: String { name }
}

/// Turns JSON text into another format and back. Pure.
///
/// A value that JSON cannot represent (bytes, dates) is an object with the keys `__type__` and `__value__`, as in
/// kombu's JSON.
public protocol BodyCoder: Sendable {
    /// Reads one document as data only: it never creates objects of types that the document names.
    ///
    /// Checks every length before it allocates memory for it.
    ///
    /// - Parameters:
    ///   - bytes: the whole document.
    ///   - limits: depth, number of keys and string length, as for JSON.
    ///   - most: the most bytes that the JSON text may have.
    /// - Returns: JSON text, one whole value.
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, `tooLarge`, or `unsupported` for a type that JSON
    ///   cannot represent. No message quotes the document, except for the name of a type.
    func json(of bytes: [UInt8], limits: JSONLimits, atMost most: Int) throws -> [UInt8]

    /// Writes JSON text in this format.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidArguments` for a value that the format cannot represent.
    func bytes(ofJSON text: [UInt8]) throws -> [UInt8]
}

extension [Serializer] {
    /// Returns the serializer with a content type; case is ignored.
    package func serializer(ofType contentType: String) -> Serializer? {
        let contentType = contentType.lowercased()
        return first { $0.contentType == contentType }
    }

    /// Returns the serializer with this name or content type.
    package func serializer(named name: String) -> Serializer? {
        first { $0.name == name } ?? serializer(ofType: name)
    }
}
