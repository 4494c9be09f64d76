import CeleriacCanvas
import CeleriacCore

/// Writes signatures as Celery has them.
extension JSONWriter {
    mutating func write(_ signature: CanvasSignature) {
        beginObject()
        switch signature.work {
        case .call(let task, let arguments): call(task.rawValue, arguments, type: nil)
        case .chain(let steps): composed("chain") { $0.signatures("tasks", steps) }
        case .group(let members): composed("group") { $0.signatures("tasks", members) }
        case .chord(let chord): composed("chord") { $0.chord(chord) }
        case .map(_, _, let isStarred):
            plain(isStarred ? "celery.starmap" : "celery.map") { $0.mapArguments(of: signature) }
        case .chunks: plain("celery.chunks") { $0.mapArguments(of: signature) }
        }
        key("options")
        options(signature.options)
        field("immutable", signature.isImmutable)
        endObject()
    }

    /// An array of signatures, or null.
    mutating func signatures(_ name: String, _ signatures: [CanvasSignature]?) {
        key(name)
        guard let signatures else { return null() }
        beginArray()
        for signature in signatures { write(signature) }
        endArray()
    }

    /// `{"task": {…}, "it": […]}`: the named arguments of Celery's own tasks that map.
    mutating func mapArguments(of signature: CanvasSignature) {
        switch signature.work {
        case .map(let task, let items, _): mapArguments(task, items, size: nil)
        case .chunks(let task, let items, let size): mapArguments(task, items, size: size)
        case .call, .chain, .group, .chord: raw(EncodedArguments.none.kwargs)
        }
    }

    private mutating func mapArguments(_ task: CanvasSignature, _ items: [UInt8], size: Int?) {
        beginObject()
        key("task")
        write(task)
        key("it")
        raw(items)
        field("n", size)
        endObject()
    }

    // MARK: Members

    private mutating func call(_ task: String, _ arguments: EncodedArguments, type: String?) {
        field("task", task)
        key("args")
        raw(arguments.args)
        key("kwargs")
        raw(arguments.kwargs)
        field("subtask_type", type, orNull: true)
    }

    private mutating func composed(_ type: String, _ members: (inout JSONWriter) -> Void) {
        head("celery.\(type)")
        beginObject()
        members(&self)
        endObject()
        field("subtask_type", type)
    }

    private mutating func plain(_ task: String, _ kwargs: (inout JSONWriter) -> Void) {
        head(task)
        kwargs(&self)
        nullField("subtask_type")
    }

    /// Up to the named arguments.
    private mutating func head(_ task: String) {
        field("task", task)
        key("args")
        raw(EncodedArguments.none.args)
        key("kwargs")
    }

    private mutating func chord(_ chord: CanvasChord) {
        key("kwargs")
        raw(chord.kwargs)
        if let options = chord.headerOptions {
            key("header")
            write(.group(chord.header, options: options))
        } else {
            signatures("header", chord.header)
        }
        key("body")
        if let body = chord.body { write(body) } else { null() }
    }

    private mutating func options(_ options: CanvasOptions) {
        var texts: [String: (inout JSONWriter) -> Void] = [:]
        if !options.links.isEmpty { texts["link"] = { $0.array(options.links) } }
        if !options.errbacks.isEmpty { texts["link_error"] = { $0.array(options.errbacks) } }
        if let chain = options.chain { texts["chain"] = { $0.array(chain) } }
        if let body = options.chord { texts["chord"] = { $0.write(body) } }
        beginObject()
        for (name, value) in options.values.sorted(by: { $0.key < $1.key }) where texts[name.text] == nil {
            key(name)
            write(value)
        }
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            key(name)
            text(&self)
        }
        endObject()
    }

    private mutating func array(_ signatures: [CanvasSignature]) {
        beginArray()
        for signature in signatures { write(signature) }
        endArray()
    }

    private mutating func field(_ name: StaticString, _ value: Bool) {
        member(name)
        bool(value)
    }
}
