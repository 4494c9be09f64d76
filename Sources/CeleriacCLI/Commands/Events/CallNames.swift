import Celeriac

/// The task names of calls, learnt from the events that contain them: later events of a call carry its id only.
///
/// The number of names is bounded; the oldest are forgotten first.
struct CallNames {
    private var names: [TaskID: String] = [:]
    private var order: [TaskID] = []
    private let limit: Int

    init(limit: Int = 10_000) { self.limit = limit }

    mutating func learn(from event: MonitorEvent) {
        guard let id = event.taskID, let name = event.fields["name"]?.stringValue else { return }
        if names.updateValue(name, forKey: id) == nil { order.append(id) }
        guard order.count > limit else { return }
        // Removes half of them at once, so that the cost for each call stays small.
        for old in order.prefix(limit / 2) { names[old] = nil }
        order.removeFirst(limit / 2)
    }

    subscript(id: TaskID) -> String? { names[id] }
}
