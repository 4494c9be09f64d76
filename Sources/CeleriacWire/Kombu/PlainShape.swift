/// The one shape that most of our messages have: no eta, expiry, limits, group or headers of the caller. Only a few
/// values stand between its fixed pieces, so it is written and read piece by piece without a JSON parser.
///
/// ```
/// {"properties":{"delivery_tag":"…","correlation_id":"…","delivery_info":{"exchange":"…","routing_key":"…"},"priority":0,
///  "reply_to":"…","delivery_mode":2,"body_encoding":"base64"},"content-type":"application/json",
///  "content-encoding":"utf-8","headers":{"lang":"swift","task":"…","id":"…","shadow":null,…,"kwargsrepr":"…"},"body":"…"}
/// ```
///
/// Every other message goes through the general path of ``KombuEnvelope``. This shape is its fast equivalent: it writes
/// the same bytes and reads the same values.
enum PlainShape {
    static let start: StaticString = #"{"properties":{"delivery_tag":"#
    static let correlation: StaticString = #","correlation_id":"#
    static let exchange: StaticString = #","delivery_info":{"exchange":"#
    static let routingKey: StaticString = #","routing_key":"#
    static let priority: StaticString = #"},"priority":"#
    static let replyTo: StaticString = #","reply_to":"#
    static let headers: StaticString =
        #","delivery_mode":2,"body_encoding":"base64"},"content-type":"application/json","content-encoding":"utf-8","headers":"#
    static let task: StaticString = #"{"lang":"swift","task":"#
    static let id: StaticString = #","id":"#
    static let retries: StaticString =
        #","shadow":null,"eta":null,"expires":null,"group":null,"group_index":null,"retries":"#
    static let root: StaticString = #","timelimit":[null,null],"root_id":"#
    static let parent: StaticString = #","parent_id":"#
    static let origin: StaticString = #","origin":"#
    static let ignoreResult: StaticString = #","ignore_result":"#
    static let arguments: StaticString =
        #","replaced_task_nesting":0,"stamped_headers":null,"stamps":{},"argsrepr":"#
    static let keywords: StaticString = #","kwargsrepr":"#
    static let body: StaticString = #"},"body":"#
    static let end: StaticString = "}"

    static let null: StaticString = "null"
    static let yes: StaticString = "true"
    static let no: StaticString = "false"

    /// The most bytes that the fixed pieces, the quotes, the numbers and the words between them take.
    static let mostFixedBytes = 800
}
