import CeleriacCanvas
import CeleriacWire

/// What a call of `celery.map` or `celery.starmap` maps.
struct CallMapping: Sendable {
    /// By whose name the call is routed.
    let task: TaskName
    /// A JSON array as text.
    let items: [UInt8]
    let isStarred: Bool

    init(_ task: TaskName, items: [UInt8], isStarred: Bool) {
        self.task = task
        self.items = items
        self.isStarred = isStarred
    }

    /// Under which name it is sent.
    var name: TaskName { isStarred ? "celery.starmap" : "celery.map" }

    var work: CanvasSignature.Work { .map(.call(task), items: items, isStarred: isStarred) }

    /// `{"task": signature, "it": items}`
    var arguments: EncodedArguments {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("task")
        writer.raw(CanvasCodec(priorities: .highFirst).encode(.call(task)))
        writer.key("it")
        writer.raw(items)
        writer.endObject()
        return EncodedArguments(argsText: EncodedArguments.none.args, kwargsText: writer.bytes)
    }
}

extension Signature {
    /// A call that maps a task.
    init<Mapped: CallableTask>(_ mapping: CallMapping, _ task: Mapped) where Output == [Mapped.Output] {
        self.init(mapping.name, mapping.arguments, of: task)
        self.mapping = mapping
    }

    /// A call with an item that cannot be encoded, of which it tells when it is sent.
    init<Mapped: CallableTask>(failing item: EncodedArguments, _ task: Mapped) where Output == [Mapped.Output] {
        self.init(task.name, item, of: task)
    }

    private init<Mapped: CallableTask>(
        _ name: TaskName, _ arguments: EncodedArguments, of task: Mapped
    ) where Output == [Mapped.Output] {
        let own = task.options
        // What is said of one call of the task, its limits for example, does not hold for many.
        let options = TaskOptions(queue: own.queue, route: own.route, priority: own.priority, expires: own.expires)
        self.init(name, arguments, taskOptions: options) { result in
            try JSONText.elements(of: JSONText.compact(result)).map(task.decodeResult)
        }
    }
}
