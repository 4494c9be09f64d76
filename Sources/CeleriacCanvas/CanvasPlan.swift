package import CeleriacCore

/// The calls and chords that sending a canvas needs. Nothing has been sent yet.
///
/// Carry it out in this order: open the chords, then publish the calls, so that no part arrives before its chord.
package struct CanvasPlan: Sendable, Hashable {
    /// The messages to publish now, in order.
    package var calls: [CanvasCall] = []
    /// The chords whose parts these calls will report.
    package var chords: [OpenedChord] = []
    /// The result of each canvas that was expanded.
    package var results: [CanvasResult] = []

    package init() {}

    /// The children of the task that sends it, that is, the calls that start now: the first step of a chain, the header
    /// of a chord.
    package var children: [ResultNode] { results.map { ($0.parents.last ?? $0).node } }

    /// Appends another plan.
    package mutating func add(_ other: CanvasPlan) {
        calls += other.calls
        chords += other.chords
        results += other.results
    }
}

/// A message of a canvas, without the parts that the wire's codec must write: `CanvasCodec` turns it into a
/// ``Message``.
package struct CanvasCall: Sendable, Hashable {
    /// The message with an empty embed; the message of a map lacks its arguments too.
    package var message: Message
    package var embed: CanvasEmbed
    /// `nil` to use the queue of its task or of the app's routes.
    package var queue: QueueName?
    /// For `celery.map` and `celery.starmap`: the mapped signature, which is written as their named arguments.
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

    /// The task whose route is used if the call names no queue; for a map, the mapped task.
    package var routedTask: TaskName {
        guard case .map(let mapped, _, _) = map?.work, case .call(let task, _) = mapped.work else {
            return message.task
        }
        return task
    }
}

/// The third part of a Celery body: the signatures that follow the call.
package struct CanvasEmbed: Sendable, Hashable {
    /// Applied with the result. `nil` for null on the wire.
    package var callbacks: [CanvasSignature]?
    /// Applied with the id of the call if it fails.
    package var errbacks: [CanvasSignature]?
    /// The rest of its chain, the next step **last**; empty after the last step, `nil` outside a chain.
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

    /// The body of the chord whose header contains the call.
    package var chord: CanvasSignature? {
        get { bodies.first }
        set { bodies = newValue.map { [$0] } ?? [] }
    }
}

/// A chord that begins: after `size` parts were reported, its body is due.
package struct OpenedChord: Sendable, Hashable {
    /// The id of its header's group, under which parts are counted.
    package var groupID: String
    /// The number of calls that report a part: for a chain, those of its last step; for a chord, those of its body.
    package var size: Int
    /// The body, with its ids.
    package var body: CanvasSignature
    /// The id of the call that produces the body's result; for a chain, the last call.
    package var bodyID: TaskID?
    /// The header's results, as a group.
    package var header: CanvasResult

    package init(groupID: String, size: Int, body: CanvasSignature, bodyID: TaskID?, header: CanvasResult) {
        self.groupID = groupID
        self.size = size
        self.body = body
        self.bodyID = bodyID
        self.header = header
    }

    /// Whether the body receives nested lists, because a member of the header is a group or ends in one. Celery then
    /// saves the header's ``CanvasResult`` under the group's id, and uses it to assemble the results.
    package var isNested: Bool { header.members?.contains { $0.members != nil } ?? false }
}
