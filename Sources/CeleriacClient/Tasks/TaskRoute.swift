/// Routes calls whose caller and task name neither queue nor exchange. The first route that matches applies.
///
/// ```swift
/// TaskRoute("feed.*", to: "feeds")          // "*" stands for any text
/// TaskRoute("feed.*", through: ExchangeRoute(exchange: "feeds", routingKey: "feed.europe"))
/// ```
public struct TaskRoute: Sendable, Hashable {
    /// The names of the tasks that it matches; `*` stands for any text.
    public let pattern: String
    /// `nil` if the route leads through an exchange.
    public let queue: QueueName?
    /// `nil` if the route leads straight to a queue.
    public let route: ExchangeRoute?

    /// Makes a route to a queue.
    public init(_ pattern: String, to queue: QueueName) {
        self.pattern = pattern
        self.queue = queue
        route = nil
    }

    /// Makes a route through an exchange, for brokers that have exchanges.
    public init(_ pattern: String, through route: ExchangeRoute) {
        self.pattern = pattern
        self.route = route
        queue = nil
    }

    /// Whether the pattern matches the whole name. The time is at most proportional to the product of both lengths.
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
