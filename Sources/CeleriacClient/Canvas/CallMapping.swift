import CeleriacCanvas
import CeleriacWire

/// The task and the items of a call of `celery.map` or `celery.starmap`.
struct CallMapping: Sendable {
    /// The mapped task, whose name decides the route.
    let task: TaskName
    /// The items, as the text of a JSON array.
    let items: [UInt8]
    let isStarred: Bool

    init(_ task: TaskName, items: [UInt8], isStarred: Bool) {
        self.task = task
        self.items = items
        self.isStarred = isStarred
    }

    /// The name of Celery's task under which the call is sent.
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
    /// Makes a call that maps a task.
    init<Mapped: CallableTask>(_ mapping: CallMapping, _ task: Mapped) where Output == [Mapped.Output] {
        self.init(mapping.name, mapping.arguments, of: task)
        self.mapping = mapping
    }

    /// Makes a call with an item that cannot be encoded. Sending it throws the encoding error.
    init<Mapped: CallableTask>(failing item: EncodedArguments, _ task: Mapped) where Output == [Mapped.Output] {
        self.init(task.name, item, of: task)
    }

    private init<Mapped: CallableTask>(
        _ name: TaskName, _ arguments: EncodedArguments, of task: Mapped
    ) where Output == [Mapped.Output] {
        let own = task.options
        // Options for one call of the task, such as its time limits, do not apply to a call that runs many items.
        let options = TaskOptions(queue: own.queue, route: own.route, priority: own.priority, expires: own.expires)
        self.init(name, arguments, taskOptions: options) { result in
            try JSONText.elements(of: JSONText.compact(result)).map(task.decodeResult)
        }
    }
}
