import Celeriac

/// The task of each call, learnt from the events that name it: later ones carry the id alone.
///
/// Bounded: of many calls the oldest are forgotten.
struct CallNames {
    private var names: [TaskID: String] = [:]
    private var order: [TaskID] = []
    private let limit: Int

    init(limit: Int = 10_000) { self.limit = limit }

    mutating func learn(from event: MonitorEvent) {
        guard let id = event.taskID, let name = event.fields["name"]?.stringValue else { return }
        if names.updateValue(name, forKey: id) == nil { order.append(id) }
        guard order.count > limit else { return }
        // Half at once, so that it costs little a call.
        for old in order.prefix(limit / 2) { names[old] = nil }
        order.removeFirst(limit / 2)
    }

    subscript(id: TaskID) -> String? { names[id] }
}
