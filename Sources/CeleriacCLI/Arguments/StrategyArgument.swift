import ArgumentParser
import Celeriac

/// In which order a worker serves its queues, where they have no weights: RQ's dequeue strategy.
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
