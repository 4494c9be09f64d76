#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A message on the wire: headers, properties, and a body that brokers do not read.
///
/// A reference to one immutable block, so that passing it on costs one retain however many headers it has.
public struct Envelope: Sendable, Hashable {
    public static let json = "application/json"

    private let parts: Parts

    private final class Parts: Sendable {
        let headers: MessageHeaders
        let properties: Properties
        let body: [UInt8]
        let argumentEnds: ArgumentEnds?

        init(_ headers: MessageHeaders, _ properties: Properties, _ body: [UInt8], _ ends: ArgumentEnds?) {
            self.headers = headers
            self.properties = properties
            self.body = body
            argumentEnds = ends
        }
    }

    /// The positions, in a body `[args,kwargs,embed]`, of the comma after the positional arguments and of the comma
    /// after the named ones.
    package struct ArgumentEnds: Sendable {
        package var args: Int
        package var kwargs: Int

        package init(args: Int, kwargs: Int) {
            self.args = args
            self.kwargs = kwargs
        }
    }

    /// How to read the body, and what the broker needs to carry it.
    public struct Properties: Sendable, Hashable {
        public var contentType: String
        public var contentEncoding: String
        /// `nil` if the caller set no priority: ``CallPriority/normal``, or the default of the broker's own field.
        public var priority: CallPriority?
        public var correlationID: String?
        public var replyTo: String?
        /// The exchange it is published to, for brokers that route by exchange; `nil` to publish straight into its
        /// queue.
        public var exchange: String?
        /// The key by which the exchange routes.
        public var routingKey: String?
        /// Whether the message outlives a restart of its server: see ``CallOptions/persistent``.
        public var isPersistent: Bool

        public init(
            contentType: String = Envelope.json, contentEncoding: String = "utf-8", priority: CallPriority? = nil,
            correlationID: String? = nil, replyTo: String? = nil, exchange: String? = nil, routingKey: String? = nil,
            isPersistent: Bool = true
        ) {
            self.contentType = contentType
            self.contentEncoding = contentEncoding
            self.priority = priority
            self.correlationID = correlationID
            self.replyTo = replyTo
            self.exchange = exchange
            self.routingKey = routingKey
            self.isPersistent = isPersistent
        }
    }

    public init(headers: MessageHeaders, properties: Properties = Properties(), body: [UInt8]) {
        parts = Parts(headers, properties, body, nil)
    }

    /// An envelope whose body was made by a codec that knows where the arguments lie in it.
    package init(headers: MessageHeaders, properties: Properties, body: [UInt8], argumentEnds: ArgumentEnds) {
        parts = Parts(headers, properties, body, argumentEnds)
    }

    public var headers: MessageHeaders { parts.headers }
    public var properties: Properties { parts.properties }
    public var body: [UInt8] { parts.body }
    public var id: TaskID { parts.headers.id }
    public var task: TaskName { parts.headers.task }
    public var priority: CallPriority { parts.properties.priority ?? .normal }
    // Single headers, read without copying all of them: a worker reads these at each delivery.

    public var expires: Date? { parts.headers.expires }
    public var timeLimit: Duration? { parts.headers.timeLimit }
    public var softTimeLimit: Duration? { parts.headers.softTimeLimit }
    public var ignoreResult: Bool? { parts.headers.ignoreResult }
    public var compression: String? { parts.headers.compression }
    public var parentID: TaskID? { parts.headers.parentID }
    public var history: [FailedAttempt] { parts.headers.history }
    package var rootID: TaskID? { parts.headers.rootID }
    package var origin: String? { parts.headers.origin }
    package var eta: Date? { parts.headers.eta }
    /// The caller's own headers.
    package var extra: JSONObject { parts.headers.extra }
    package var askedPriority: CallPriority? { parts.properties.priority }
    package var exchange: String? { parts.properties.exchange }
    package var routingKey: String? { parts.properties.routingKey }
    /// The number of attempts that have failed so far.
    public var retries: Int { parts.headers.retries }
    /// 1 for the first start.
    public var attempt: Int { parts.headers.retries + 1 }

    /// `nil` if only reading the body could tell.
    package var argumentEnds: ArgumentEnds? { parts.argumentEnds }
    /// Whether it has only the headers that every call has, and none of the caller's own.
    package var hasPlainHeaders: Bool { parts.headers.arePlain }

    /// Returns the same envelope with changed headers, as a retry sends it.
    public func with(_ change: (inout MessageHeaders) -> Void) -> Envelope {
        var headers = parts.headers
        change(&headers)
        return Envelope(Parts(headers, parts.properties, parts.body, parts.argumentEnds))
    }

    private init(_ parts: Parts) { self.parts = parts }

    public static func == (left: Envelope, right: Envelope) -> Bool {
        left.parts === right.parts
            || left.headers == right.headers && left.properties == right.properties && left.body == right.body
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(headers)
        hasher.combine(body)
    }
}
