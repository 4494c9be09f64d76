#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A message on the wire: headers, properties, and a body that no broker looks into.
///
/// A reference to one immutable block, so that handing it on costs a retain however many headers it has.
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

    /// Where in a body `[args,kwargs,embed]` the comma behind the positional arguments stands, and that behind the named ones.
    package struct ArgumentEnds: Sendable {
        package var args: Int
        package var kwargs: Int

        package init(args: Int, kwargs: Int) {
            self.args = args
            self.kwargs = kwargs
        }
    }

    /// How the body is to be read, and what the broker needs to carry it.
    public struct Properties: Sendable, Hashable {
        public var contentType: String
        public var contentEncoding: String
        /// `nil` = the caller asked for none: ``CallPriority/normal``, or what the broker's own field calls usual.
        public var priority: CallPriority?
        public var correlationID: String?
        public var replyTo: String?
        /// Where it is published, for brokers that route by exchange; `nil` = straight into its queue.
        public var exchange: String?
        /// What the exchange routes by.
        public var routingKey: String?

        public init(
            contentType: String = Envelope.json, contentEncoding: String = "utf-8", priority: CallPriority? = nil,
            correlationID: String? = nil, replyTo: String? = nil, exchange: String? = nil, routingKey: String? = nil
        ) {
            self.contentType = contentType
            self.contentEncoding = contentEncoding
            self.priority = priority
            self.correlationID = correlationID
            self.replyTo = replyTo
            self.exchange = exchange
            self.routingKey = routingKey
        }
    }

    public init(headers: MessageHeaders, properties: Properties = Properties(), body: [UInt8]) {
        parts = Parts(headers, properties, body, nil)
    }

    /// Of a body that a codec has made, and of which it knows where the arguments lie.
    package init(headers: MessageHeaders, properties: Properties, body: [UInt8], argumentEnds: ArgumentEnds) {
        parts = Parts(headers, properties, body, argumentEnds)
    }

    public var headers: MessageHeaders { parts.headers }
    public var properties: Properties { parts.properties }
    public var body: [UInt8] { parts.body }
    public var id: TaskID { parts.headers.id }
    public var task: TaskName { parts.headers.task }
    public var priority: CallPriority { parts.properties.priority ?? .normal }
    // Single headers, read without a copy of all of them: a worker asks for these at each delivery.

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
    /// Headers of the caller's own.
    package var extra: JSONObject { parts.headers.extra }
    package var askedPriority: CallPriority? { parts.properties.priority }
    package var exchange: String? { parts.properties.exchange }
    package var routingKey: String? { parts.properties.routingKey }
    /// Attempts that failed already.
    public var retries: Int { parts.headers.retries }
    /// 1 for the first start.
    public var attempt: Int { parts.headers.retries + 1 }

    /// `nil` where only a look into the body would tell.
    package var argumentEnds: ArgumentEnds? { parts.argumentEnds }
    /// Whether the headers are those alone that every call has, and none of the caller's own.
    package var hasPlainHeaders: Bool { parts.headers.arePlain }

    /// The same envelope with other headers: what a retry sends.
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
