import ArgumentParser
import Celeriac

/// The order in which a worker serves queues that have no weights: RQ's dequeue strategy.
enum StrategyArgument: String, ExpressibleByArgument, CaseIterable {
    case strict
    case roundRobin = "round-robin"
    case random

    func selection(of queues: [QueueName]) -> QueueSelection {
        switch self {
        case .strict: .strict(queues)
        case .roundRobin: .roundRobin(queues)
        case .random: .random(queues)
        }
    }
}
