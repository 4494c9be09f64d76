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

    /// Accepts dashes in place of Celery's underscores.
    init?(argument: String) { self.init(rawValue: argument.replacing("-", with: "_")) }

    /// Whether the broker stores this too, so that no worker need be asked.
    var isStored: Bool {
        switch self {
        case .workers, .ping, .active, .reserved, .scheduled, .registered, .stats: true
        case .revoked, .activeQueues, .queryTask, .conf, .report, .clock, .memorySample, .memoryDump, .objectGraph:
            false
        }
    }

    /// Whether arguments may follow the topic.
    var takesArguments: Bool { [.registered, .queryTask, .memoryDump, .objectGraph].contains(self) }
}
