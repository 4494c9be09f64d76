import CeleriacCore
import Synchronization

/// The listeners in this process: nodes for commands, watchers for events.
struct Switchboard {
    typealias Events = AsyncStream<[MonitorEvent]>.Continuation
    typealias Commands = AsyncStream<ControlCall>.Continuation
    typealias Hearing = @Sendable (_ clock: Int64) -> Void
    typealias Replies = AsyncStream<ControlReply?>.Continuation

    private var last: UInt64 = 0
    private var nodes: [UInt64: Node] = [:]
    private var watchers: [UInt64: Events] = [:]

    private struct Node {
        let name: String
        let commands: Commands
        let hear: Hearing?
    }

    mutating func add(_ node: String, _ commands: Commands, hearing hear: Hearing?) -> UInt64 {
        last += 1
        nodes[last] = Node(name: node, commands: commands, hear: hear)
        return last
    }

    mutating func add(_ watcher: Events) -> UInt64 {
        last += 1
        watchers[last] = watcher
        return last
    }

    mutating func remove(_ listener: UInt64) {
        nodes.removeValue(forKey: listener)?.commands.finish()
        watchers.removeValue(forKey: listener)?.finish()
    }

    /// - Returns: the number of nodes that received it. Each yields once, `nil` if it has no reply.
    func send(_ command: ControlCommand, answeringTo replies: Replies?) -> Int {
        let meant = nodes.values.filter { command.isFor($0.name) }
        for node in meant {
            node.commands.yield(ControlCall(command, to: node.name, replies: replies))
        }
        return meant.count
    }

    /// - Returns: the nodes that follow the clocks of others, each with a clock to pass on to it.
    func send(_ events: [MonitorEvent]) -> [(Hearing, Int64)] {
        for watcher in watchers.values { watcher.yield(events) }
        return events.filter { !$0.kind.isOfTask }.flatMap { event in
            nodes.values.compactMap { node in node.name == event.node ? nil : node.hear.map { ($0, event.clock) } }
        }
    }
}

/// A command on its way to one node. If it is dropped unanswered, as when the node stops listening, that counts as no
/// reply.
final class ControlCall: Sendable {
    let command: ControlCommand
    private let node: String
    private let replies: Guarded<Switchboard.Replies?>

    init(_ command: ControlCommand, to node: String, replies: Switchboard.Replies?) {
        self.command = command
        self.node = node
        self.replies = Guarded(replies)
    }

    deinit { answer(.silence) }

    func answer(_ response: ControlResponse) {
        let replies = self.replies.withLock { replies in
            defer { replies = nil }
            return replies
        }
        switch response {
        case .reply(let value): replies?.yield(ControlReply(node: node, value: value))
        case .silence: replies?.yield(nil)
        }
    }
}
