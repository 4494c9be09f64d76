import CeleriacCanvas
import CeleriacCore

/// Reads Celery's form of signatures.
///
/// The kind of a signature may come after its arguments, so the arguments are skipped first and read once the kind is
/// known.
struct SignatureReader {
    let bytes: [UInt8]
    let limits: JSONLimits
    /// The meaning of a priority on this wire.
    let priorities: PriorityOrder
    /// How many more levels of signatures may be nested.
    let depth: Int

    /// The members of a signature, as ranges of the text.
    private struct Parts {
        var task: String?
        var args: Range<Int>?
        var kwargs: Range<Int>?
        var type: String?
        var options = CanvasOptions()
        var isImmutable = false
    }

    func signature(_ reader: inout JSONReader) throws(JSONError) -> CanvasSignature {
        let start = reader.offset
        guard depth > 0 else { throw JSONError(.tooDeep, at: start, "signatures are nested too deep") }
        var parts = Parts()
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if try reader.null() { continue }
            switch name {
            case "task": parts.task = try reader.string()
            case "args": parts.args = try range(of: .array, &reader)
            case "kwargs": parts.kwargs = try range(of: .object, &reader)
            case "subtask_type": parts.type = try reader.string()
            case "options": parts.options = try inner.options(&reader)
            case "immutable": parts.isImmutable = try reader.bool()
            default: try reader.skip()
            }
        }
        guard let task = parts.task, !task.isEmpty else {
            throw JSONError(.missing, at: start, "a signature needs a task")
        }
        let work = try work(task, parts, at: start)
        return CanvasSignature(work, options: parts.options, isImmutable: parts.isImmutable)
    }

    /// `{"callbacks", "errbacks", "chain", "chord"}`
    func embed(_ reader: inout JSONReader) throws(JSONError) -> CanvasEmbed {
        var embed = CanvasEmbed()
        if try reader.null() { return embed }
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if try reader.null() { continue }
            switch name {
            case "callbacks": embed.callbacks = try signatures(&reader)
            case "errbacks": embed.errbacks = try signatures(&reader)
            case "chain": embed.chain = try signatures(&reader)
            case "chord": embed.chord = try signature(&reader)
            default: try reader.skip()
            }
        }
        return embed
    }

    // MARK: Kinds

    private func work(_ task: String, _ parts: Parts, at start: Int) throws(JSONError) -> CanvasSignature.Work {
        switch parts.type {
        case nil: try plain(task, parts)
        case "chain": .chain(try tasks(parts))
        case "group": .group(try tasks(parts))
        case "chord": .chord(try chord(parts))
        default: throw JSONError(.typeMismatch, at: start, "a subtask_type other than chain, group or chord")
        }
    }

    private func plain(_ task: String, _ parts: Parts) throws(JSONError) -> CanvasSignature.Work {
        if let map = try map(task, parts) { return map }
        let arguments = EncodedArguments(
            argsText: parts.args.map { JSONText.compact(bytes[$0]) } ?? EncodedArguments.none.args,
            kwargsText: parts.kwargs.map { JSONText.compact(bytes[$0]) } ?? EncodedArguments.none.kwargs)
        return .call(TaskName(task), arguments)
    }

    /// Recognises Celery's own mapping tasks by their names and arguments. Returns `nil` if these differ.
    private func map(_ task: String, _ parts: Parts) throws(JSONError) -> CanvasSignature.Work? {
        let isChunks = task == "celery.chunks"
        guard isChunks || task == "celery.map" || task == "celery.starmap", let kwargs = parts.kwargs,
            parts.args.map({ JSONText.compact(bytes[$0]).count == 2 }) ?? true
        else { return nil }
        var (mapped, items, size, others): (CanvasSignature?, [UInt8]?, Int?, Bool) = (nil, nil, nil, false)
        var reader = try JSONReader(bytes, in: kwargs, limits: limits)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch (name, reader.kind()) {
            case ("task", .object): mapped = try inner.signature(&reader)
            case ("it", .array): items = JSONText.compact(try reader.raw())
            case ("n", .number): size = try reader.value().intValue
            default:
                others = true
                try reader.skip()
            }
        }
        guard let mapped, let items, !others, (size != nil) == isChunks, (size ?? 1) > 0 else { return nil }
        if isChunks { return .chunks(mapped, items: items, size: Int(count: size ?? 1)) }
        return .map(mapped, items: items, isStarred: task == "celery.starmap")
    }

    private func tasks(_ parts: Parts) throws(JSONError) -> [CanvasSignature] {
        guard let kwargs = parts.kwargs else { return [] }
        var tasks: [CanvasSignature] = []
        var reader = try JSONReader(bytes, in: kwargs, limits: limits)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if name == "tasks" { tasks = try inner.signatures(&reader) } else { try reader.skip() }
        }
        return tasks
    }

    private func chord(_ parts: Parts) throws(JSONError) -> CanvasChord {
        var chord = CanvasChord(header: [], body: nil)
        guard let kwargs = parts.kwargs else { return chord }
        var reader = try JSONReader(bytes, in: kwargs, limits: limits)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if try reader.null() { continue }
            switch name {
            case "header": try inner.header(&reader, of: &chord)
            case "body": chord.body = try inner.signature(&reader)
            case "kwargs": chord.kwargs = JSONText.compact(bytes[try range(of: .object, &reader)])
            default: try reader.skip()
            }
        }
        return chord
    }

    /// Reads the header of a chord: a list, a group, or one signature.
    private func header(_ reader: inout JSONReader, of chord: inout CanvasChord) throws(JSONError) {
        if reader.kind() == .array {
            chord.header = try signatures(&reader)
            return
        }
        let header = try signature(&reader)
        switch header.work {
        case .group(let members):
            chord.header = members
            chord.headerOptions = header.options
        case .call, .chain, .chord, .map, .chunks: chord.header = [header]
        }
    }

    // MARK: Options

    private func options(_ reader: inout JSONReader) throws(JSONError) -> CanvasOptions {
        var options = CanvasOptions()
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if try reader.null() {
                options.values[name] = .null
                continue
            }
            switch name {
            case "link": options.links = try signatureOrMore(&reader)
            case "link_error": options.errbacks = try signatureOrMore(&reader)
            case "chain": options.chain = try signatures(&reader)
            case "chord": options.chord = try signature(&reader)
            default: options.values[name] = try value(of: name, &reader)
            }
        }
        return options
    }

    /// Members that become ids or places must have the right type; otherwise callers would wait forever.
    private func value(of name: String, _ reader: inout JSONReader) throws(JSONError) -> JSONValue {
        switch name {
        case "task_id", "group_id", "root_id", "parent_id", "reply_to", "queue": .string(try reader.string())
        case "group_index", "replaced_task_nesting": .integer(Int64(try reader.int()))
        case "priority": priorities.turned(try reader.value())
        default: try reader.value()
        }
    }

    // MARK: Detail

    /// A reader for signatures inside this one.
    private var inner: SignatureReader {
        SignatureReader(bytes: bytes, limits: limits, priorities: priorities, depth: depth - 1)
    }

    private func signatures(_ reader: inout JSONReader) throws(JSONError) -> [CanvasSignature] {
        var signatures: [CanvasSignature] = []
        try reader.beginArray()
        while try reader.nextElement() { signatures.append(try signature(&reader)) }
        return signatures
    }

    private func signatureOrMore(_ reader: inout JSONReader) throws(JSONError) -> [CanvasSignature] {
        reader.kind() == .array ? try signatures(&reader) : [try signature(&reader)]
    }

    private func range(of kind: JSONReader.Kind, _ reader: inout JSONReader) throws(JSONError) -> Range<Int> {
        guard reader.kind() == kind else {
            throw JSONError(.typeMismatch, at: reader.offset, "expected args to be an array, and kwargs an object")
        }
        return try reader.skip()
    }
}
