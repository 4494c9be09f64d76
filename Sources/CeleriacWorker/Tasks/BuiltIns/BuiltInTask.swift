import CeleriacWire

/// A task that every worker has, under Celery's name and with Celery's arguments.
///
/// Source: `celery/app/builtins.py`, celery 5.7. `celery.chord_unlock` is missing: it polls for the parts of a chord,
/// which no backend here needs.
struct BuiltInTask: Sendable {
    let name: TaskName
    let run: @Sendable (ReceivedArguments, TaskContext) async throws -> [UInt8]

    static let all = [
        accumulate, backendCleanup, chunks, map(isStarred: false), map(isStarred: true), unreal("chain"),
        unreal("chord"),
        unreal("group"),
    ]

    private init(
        _ name: String, _ run: @escaping @Sendable (ReceivedArguments, TaskContext) async throws -> [UInt8]
    ) {
        self.name = TaskName(TaskCatalogue.reservedPrefix + name)
        self.run = run
    }

    // MARK: Each

    /// Returns its arguments, or with `index` one of them. Celery appends it to a group that replaces a call.
    private static let accumulate = BuiltInTask("accumulate") { arguments, _ in
        guard let index = try arguments.value("index", at: .max, as: Int?.self, default: nil) else {
            return JSONText.array(arguments.positional.map { Array(arguments.body[$0]) })
        }
        let count = arguments.positional.count
        let place = index < 0 ? count + index : index
        guard (0..<count).contains(place) else {
            throw TaskFailure(type: "IndexError", module: "builtins", message: "tuple index out of range")
        }
        return Array(arguments.body[arguments.positional[place]])
    }

    /// Does nothing: every store drops expired data itself, while a worker runs on it or by Redis's own clock.
    private static let backendCleanup = BuiltInTask("backend_cleanup") { _, _ in Array("null".utf8) }

    private static func map(isStarred: Bool) -> BuiltInTask {
        BuiltInTask(isStarred ? "starmap" : "map") { arguments, context in
            try await Mapping(arguments, isStarred: isStarred, in: context.app).run(in: context)
        }
    }

    /// Sends the starmaps of a chunks signature, and returns the ids of their group, as Celery's `as_tuple`.
    ///
    /// Runs only for messages made by hand: a client that applies such a signature sends the group itself.
    private static let chunks = BuiltInTask("chunks") { arguments, context in
        let (task, items) = (try arguments.range("task", at: 0), try arguments.range("it", at: 1))
        let size = try arguments.value("n", at: 2, as: Int.self)
        let mapped = try context.app.publisher.canvasCodec.decodeSignature(Array(arguments.body[task]))
        let sent = try await context.app.send(
            .chunks(mapped, items: JSONText.compact(arguments.body[items]), of: size))
        return sent.ids.tuple
    }

    /// A task that clients take apart when they apply it, so that it is never a message.
    private static func unreal(_ kind: String) -> BuiltInTask {
        BuiltInTask(kind) { _, _ in
            throw TaskFailure(type: "NotImplementedError", module: "builtins", message: "\(kind) is not a real task")
        }
    }
}
