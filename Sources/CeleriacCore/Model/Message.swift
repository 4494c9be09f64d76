/// A call that was made: its id, task, arguments, options, and what follows it.
public struct Message: Sendable, Hashable {
    public var headers: MessageHeaders
    public var arguments: EncodedArguments
    /// The third part of a Celery body: callbacks, errbacks, chain, chord. A JSON object as text.
    public var embed: [UInt8]
    /// `nil` for the default priority.
    public var priority: CallPriority?
    public var correlationID: String?
    public var replyTo: String?
    /// The route for brokers that route by exchange; `nil` to publish straight into its queue.
    public var route: ExchangeRoute?
    /// The format of the body; `nil` for JSON.
    public var serializer: Serializer?
    /// Whether the message outlives a restart of its server: see ``CallOptions/persistent``.
    public var isPersistent = true

    public static let emptyEmbed = Array(#"{"callbacks":null,"errbacks":null,"chain":null,"chord":null}"#.utf8)

    public init(
        headers: MessageHeaders, arguments: EncodedArguments, embed: [UInt8] = Message.emptyEmbed,
        priority: CallPriority? = nil
    ) {
        self.headers = headers
        self.arguments = arguments
        self.embed = embed
        self.priority = priority
    }

    public var id: TaskID { headers.id }
    public var task: TaskName { headers.task }
}
