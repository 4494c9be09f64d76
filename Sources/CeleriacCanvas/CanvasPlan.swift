package import CeleriacCore

/// What a canvas comes to when it is sent. Nothing has been sent yet.
///
/// The order for whoever carries it out: open the chords, then publish the calls, so that no part comes before its chord.
package struct CanvasPlan: Sendable, Hashable {
    /// The messages to publish now, in order.
    package var calls: [CanvasCall] = []
    /// The chords whose parts these calls will report.
    package var chords: [OpenedChord] = []
    /// What each canvas that was expanded will result in.
    package var results: [CanvasResult] = []

    package init() {}

    /// What the task that sends it has for children: what starts now. Of a chain that is its first step, of a chord its header.
    package var children: [ResultNode] { results.map { ($0.parents.last ?? $0).node } }

    /// Adds another plan behind this one.
    package mutating func add(_ other: CanvasPlan) {
        calls += other.calls
        chords += other.chords
        results += other.results
    }
}

/// A message of a canvas, but for what the codec of the wire has to write: `CanvasCodec` makes it a ``Message``.
package struct CanvasCall: Sendable, Hashable {
    /// With an empty embed; of a map, without its arguments too.
    package var message: Message
    package var embed: CanvasEmbed
    /// `nil` = as its task or the app's routes say.
    package var queue: QueueName?
    /// Of `celery.map` and `celery.starmap`: what it maps, which is written as its named arguments.
    package var map: CanvasSignature?
    /// The signature's option `serializer`: a name such as `msgpack`.
    package var serializerName: String?

    package init(
        _ message: Message, embed: CanvasEmbed = CanvasEmbed(), queue: QueueName? = nil, map: CanvasSignature? = nil,
        serializerName: String? = nil
    ) {
        self.message = message
        self.embed = embed
        self.queue = queue
        self.map = map
        self.serializerName = serializerName
    }

    package var id: TaskID { message.id }

    /// By whose name it is routed where it names no queue: of a map, the mapped task's.
    package var routedTask: TaskName {
        guard case .map(let mapped, _, _) = map?.work, case .call(let task, _) = mapped.work else {
            return message.task
        }
        return task
    }
}

/// The third part of a Celery body: what comes after the call.
package struct CanvasEmbed: Sendable, Hashable {
    /// Applied with the result. `nil` = null on the wire.
    package var callbacks: [CanvasSignature]?
    /// Applied with the id of the call when it has failed.
    package var errbacks: [CanvasSignature]?
    /// The rest of its chain, the next step **last**; empty behind the last step, `nil` outside of chains.
    package var chain: [CanvasSignature]?
    private var bodies: [CanvasSignature] = []

    package init(
        callbacks: [CanvasSignature]? = nil, errbacks: [CanvasSignature]? = nil, chain: [CanvasSignature]? = nil,
        chord: CanvasSignature? = nil
    ) {
        self.callbacks = callbacks
        self.errbacks = errbacks
        self.chain = chain
        self.chord = chord
    }

    /// The body of the chord whose header the call belongs to.
    package var chord: CanvasSignature? {
        get { bodies.first }
        set { bodies = newValue.map { [$0] } ?? [] }
    }
}

/// A chord that begins: so many parts will be reported, then its body is due.
package struct OpenedChord: Sendable, Hashable {
    /// The id of its header's group, under which parts are counted.
    package var groupID: String
    /// How many calls report a part: a chain counts as its last step, a chord as its body.
    package var size: Int
    /// With its ids.
    package var body: CanvasSignature
    /// Of the call, or of the last one of a chain, that the body comes to.
    package var bodyID: TaskID?
    /// The group of the header's results.
    package var header: CanvasResult

    package init(groupID: String, size: Int, body: CanvasSignature, bodyID: TaskID?, header: CanvasResult) {
        self.groupID = groupID
        self.size = size
        self.body = body
        self.bodyID = bodyID
        self.header = header
    }

    /// Whether the body gets lists within its list, since a member of the header is a group itself or ends in one. Celery then
    /// saves the header's ``CanvasResult`` under the group's id, to put the results together by it.
    package var isNested: Bool { header.members?.contains { $0.members != nil } ?? false }
}
