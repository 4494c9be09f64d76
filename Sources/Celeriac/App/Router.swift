/// Where calls go whose task and caller name neither queue nor exchange: the first route that fits.
///
/// ```swift
/// TaskRoute("feed.*", to: "feeds")          // "*" stands for any text
/// TaskRoute("feed.*", through: ExchangeRoute(exchange: "feeds", routingKey: "feed.europe"))
/// ```
public struct TaskRoute: Sendable, Hashable {
    public let pattern: String
    /// `nil` where it leads through an exchange.
    public let queue: QueueName?
    /// `nil` where it leads straight to a queue.
    public let route: ExchangeRoute?

    public init(_ pattern: String, to queue: QueueName) {
        self.pattern = pattern
        self.queue = queue
        route = nil
    }

    /// For brokers that have exchanges.
    public init(_ pattern: String, through route: ExchangeRoute) {
        self.pattern = pattern
        self.route = route
        queue = nil
    }

    /// Whether the pattern fits the whole name. Takes time in proportion to both lengths at most.
    func fits(_ name: TaskName) -> Bool {
        let pattern = Array(self.pattern.utf8), text = Array(name.rawValue.utf8)
        var at = 0, place = 0, star: Int?, resume = 0
        while place < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = at
                resume = place
                at += 1
            } else if at < pattern.count, pattern[at] == text[place] {
                at += 1
                place += 1
            } else if let star {
                at = star + 1
                resume += 1
                place = resume
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

/// Chooses where a call goes: where the caller says, else the task, else the first route that fits, else the default
/// queue.
struct Router: Sendable {
    let routes: [TaskRoute]
    let fallback: QueueName
    /// `nil` = a queue comes to be by being used.
    let declared: Set<QueueName>?
    /// The broker, where it keeps things of its own beside its queues.
    let reserving: (any QueueReserving)?

    /// - Throws: as ``check(_:)`` does.
    func queue(for task: TaskName, asked: QueueName?) throws -> QueueName {
        let queue = asked ?? routes.first { $0.fits(task) }?.queue ?? fallback
        try check(queue)
        return queue
    }

    /// The exchange of a call, if it goes through one.
    func route(for task: TaskName, asked: ExchangeRoute?, queue: QueueName?) -> ExchangeRoute? {
        if let asked { return asked }
        return queue == nil ? routes.first { $0.fits(task) }?.route : nil
    }

    /// - Throws: `CeleriacError` with code `invalidName` if the broker has another use for the name, `unknownQueue` if the app's
    ///   queues are declared and this is none of them.
    func check(_ queue: QueueName) throws {
        if let objection = reserving?.objection(to: queue) { throw QueueName.refusal(of: queue.rawValue, objection) }
        guard let declared, !declared.contains(queue) else { return }
        let known = declared.map(\.rawValue).sorted().joined(separator: ", ")
        throw CeleriacError(.unknownQueue, "there is no queue \"\(queue)\"; this app's queues are \(known)")
    }
}
