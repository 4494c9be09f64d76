import CeleriacCanvas
import CeleriacCore

/// Writes Celery's form of signatures.
struct SignatureWriter {
    /// The meaning of a priority on this wire.
    let priorities: PriorityOrder
    private var json = JSONWriter()

    init(priorities: PriorityOrder) { self.priorities = priorities }

    var bytes: [UInt8] { json.bytes }

    mutating func write(_ signature: CanvasSignature) {
        json.beginObject()
        switch signature.work {
        case .call(let task, let arguments): call(task.rawValue, arguments, type: nil)
        case .chain(let steps): composed("chain") { $0.signatures("tasks", steps) }
        case .group(let members): composed("group") { $0.signatures("tasks", members) }
        case .chord(let chord): composed("chord") { $0.write(chord) }
        case .map(_, _, let isStarred):
            plain(isStarred ? "celery.starmap" : "celery.map") { $0.mapArguments(of: signature) }
        case .chunks: plain("celery.chunks") { $0.mapArguments(of: signature) }
        }
        json.key("options")
        write(signature.options)
        json.key("immutable")
        json.bool(signature.isImmutable)
        json.endObject()
    }

    /// Writes the canvas that a message carries.
    ///
    /// - Parameter chord: the text of the chord's body.
    mutating func write(_ embed: CanvasEmbed, chord: [UInt8]?) {
        json.beginObject()
        signatures("callbacks", embed.callbacks)
        signatures("errbacks", embed.errbacks)
        signatures("chain", embed.chain)
        json.key("chord")
        if let chord { json.raw(chord) } else { json.null() }
        json.endObject()
    }

    /// Writes `{"task": {…}, "it": […]}`, the named arguments of Celery's own mapping tasks.
    mutating func mapArguments(of signature: CanvasSignature) {
        switch signature.work {
        case .map(let task, let items, _): mapArguments(task, items, size: nil)
        case .chunks(let task, let items, let size): mapArguments(task, items, size: size)
        case .call, .chain, .group, .chord: json.raw(EncodedArguments.none.kwargs)
        }
    }

    private mutating func mapArguments(_ task: CanvasSignature, _ items: [UInt8], size: Int?) {
        json.beginObject()
        json.key("task")
        write(task)
        json.key("it")
        json.raw(items)
        json.field("n", size)
        json.endObject()
    }

    // MARK: Members

    /// Writes an array of signatures, or null.
    private mutating func signatures(_ name: String, _ signatures: [CanvasSignature]?) {
        json.key(name)
        guard let signatures else { return json.null() }
        array(signatures)
    }

    private mutating func call(_ task: String, _ arguments: EncodedArguments, type: String?) {
        json.field("task", task)
        json.key("args")
        json.raw(arguments.args)
        json.key("kwargs")
        json.raw(arguments.kwargs)
        json.field("subtask_type", type, orNull: true)
    }

    private mutating func composed(_ type: String, _ members: (inout SignatureWriter) -> Void) {
        head("celery.\(type)")
        json.beginObject()
        members(&self)
        json.endObject()
        json.field("subtask_type", type)
    }

    private mutating func plain(_ task: String, _ kwargs: (inout SignatureWriter) -> Void) {
        head(task)
        kwargs(&self)
        json.nullField("subtask_type")
    }

    /// Writes a signature's members up to the named arguments.
    private mutating func head(_ task: String) {
        json.field("task", task)
        json.key("args")
        json.raw(EncodedArguments.none.args)
        json.key("kwargs")
    }

    private mutating func write(_ chord: CanvasChord) {
        json.key("kwargs")
        json.raw(chord.kwargs)
        if let options = chord.headerOptions {
            json.key("header")
            write(.group(chord.header, options: options))
        } else {
            signatures("header", chord.header)
        }
        json.key("body")
        if let body = chord.body { write(body) } else { json.null() }
    }

    // MARK: Options

    private mutating func write(_ options: CanvasOptions) {
        var texts: [String: (inout SignatureWriter) -> Void] = [:]
        if !options.links.isEmpty { texts["link"] = { $0.array(options.links) } }
        if !options.errbacks.isEmpty { texts["link_error"] = { $0.array(options.errbacks) } }
        if let chain = options.chain { texts["chain"] = { $0.array(chain) } }
        if let body = options.chord { texts["chord"] = { $0.write(body) } }
        json.beginObject()
        for (name, value) in options.values.sorted(by: { $0.key < $1.key }) where texts[name.text] == nil {
            json.key(name)
            json.write(name == "priority" ? priorities.turned(value) : value)
        }
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            text(&self)
        }
        json.endObject()
    }

    private mutating func array(_ signatures: [CanvasSignature]) {
        json.beginArray()
        for signature in signatures { write(signature) }
        json.endArray()
    }
}
