import CeleriacWire
import Logging

/// Commands that change the limits of a task on this worker, until the worker ends.
extension ControlPanel {
    static let limiting: [Command] = [
        Command(.controls, ControlSignature("rate_limit", required: ["task_name", "rate_limit"])) {
            arguments, worker in try limitRate(arguments, worker)
        },
        Command(.controls, ControlSignature("time_limit", optional: ["task_name", "hard", "soft"])) {
            arguments, worker in try limitTime(arguments, worker)
        },
    ]

    private static func limitRate(
        _ arguments: ControlArguments, _ worker: ControlledWorker
    ) throws(ControlRefusal) -> ControlResponse {
        let limit: RateLimit?
        switch ControlRate(arguments["rate_limit"]) {
        case .none: limit = nil
        case .limit(let rate): limit = rate
        case .invalid(let refusal): return .error("Invalid rate limit string: \(refusal.repr)")
        case .refused(let refusal): throw refusal
        }
        guard let task = worker.task(try arguments.requiredText("task_name")) else { return .error("unknown task") }
        worker.limits.setRate(limit, of: task)
        worker.rates.forget(task.name)
        worker.log(
            "rate limit changed by remote control",
            ["task": "\(task.name)", "rate_limit": "\(limit?.description ?? "none")"])
        return .ok(limit == nil ? "rate limit disabled successfully" : "new rate limit set successfully")
    }

    private static func limitTime(
        _ arguments: ControlArguments, _ worker: ControlledWorker
    ) throws(ControlRefusal) -> ControlResponse {
        let times = LiveLimits.Times(soft: try arguments.seconds("soft"), hard: try arguments.seconds("hard"))
        guard let name = try arguments.text("task_name"), let task = worker.task(name) else {
            return .error("unknown task")
        }
        worker.limits.setTimes(times, of: task)
        worker.log(
            "time limits changed by remote control",
            ["task": "\(task.name)", "soft": "\(times.soft as Any)", "hard": "\(times.hard as Any)"])
        return .ok("time limits set successfully")
    }
}

/// A rate limit as a command gives it: text (`10/m`), a number per second, or nothing. Pure.
///
/// Source: `celery/utils/time.py`, `rate`.
enum ControlRate: Hashable {
    /// 0, null or an empty text: no limit.
    case none
    case limit(RateLimit)
    /// Celery replies to it with an error message.
    case invalid(ControlRefusal)
    /// Celery replies to it with the exception alone.
    case refused(ControlRefusal)

    init(_ value: JSONValue?) {
        switch value {
        case nil, .null, .string(""): self = .none
        case .string(let text): self.init(text)
        case .integer(let number): self.init(Double(number), per: .seconds(1))
        case .double(let number): self.init(number, per: .seconds(1))
        default: self = .refused(.type("rate_limit must be a str or a number"))
        }
    }

    private init(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let number = Double(parts[0]) else {
            let quoted = PythonRepr.value(JSONValue.string(String(parts[0].prefix(60))).bytes)
            self = .invalid(.value("could not convert string to float: \(quoted)"))
            return
        }
        switch parts.count > 1 ? parts[1] : "" {
        case "", "s": self.init(number, per: .seconds(1))
        case "m": self.init(number, per: .seconds(60))
        case "h": self.init(number, per: .seconds(3600))
        default: self = .refused(ControlRefusal(type: "KeyError", message: String(parts[1].prefix(60))))
        }
    }

    private init(_ number: Double, per period: Duration) {
        guard number.isFinite, number >= 0, number < 1e9, number == 0 || number > 1e-9 else {
            self = .invalid(.value("a rate must be at least 0 and less than 1,000,000,000"))
            return
        }
        self = number == 0 ? .none : .limit(RateLimit(number, per: period))
    }
}
