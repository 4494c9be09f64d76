import ArgumentParser

/// What `inspect` can show.
enum InspectTopic: String, ExpressibleByArgument, CaseIterable {
    case workers, ping, active, reserved, scheduled, revoked, registered, stats
    case activeQueues = "active_queues"
    case queryTask = "query_task"
    case conf, report, clock
    case memorySample = "memsample"
    case memoryDump = "memdump"
    case objectGraph = "objgraph"

    /// Dashes will do as well as Celery's underscores.
    init?(argument: String) { self.init(rawValue: argument.replacing("-", with: "_")) }

    /// Whether the broker knows it too, without asking a worker.
    var isStored: Bool {
        switch self {
        case .workers, .ping, .active, .reserved, .scheduled, .registered, .stats: true
        case .revoked, .activeQueues, .queryTask, .conf, .report, .clock, .memorySample, .memoryDump, .objectGraph:
            false
        }
    }

    /// Whether words may follow it.
    var takesArguments: Bool { [.registered, .queryTask, .memoryDump, .objectGraph].contains(self) }
}
