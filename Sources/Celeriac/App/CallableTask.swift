/// A task as its callers see it, wherever it runs: its name, what a call is to say, and how its result is read.
///
/// What `@RemoteTask` makes, for tasks that another program runs. It can be called, not registered: a worker of this program
/// never takes it for its own. ``TaskDefinition`` adds the code that runs. By hand:
///
/// ```swift
/// struct Add: CallableTask {
///     typealias Output = Int
///     let name: TaskName = "tasks.add"
/// }
/// let sum = try await Add().signature(2, 2).delay()          // AsyncResult<Int>
/// ```
public protocol CallableTask<Output>: JobCallbackTarget {
    associatedtype Output: Sendable

    /// What a message must be called for the task to run.
    var name: TaskName { get }

    /// What a call says where its caller does not say otherwise.
    ///
    /// Of a task that runs elsewhere only what travels with a call counts: queue, route, priority, expiry, time limits,
    /// uniqueness, and whether the result is ignored.
    var options: TaskOptions { get }

    /// What it takes, or `nil` where only the task itself knows.
    var parameters: [TaskParameter]? { get }

    /// Reads a result. Given where `Output` is `Decodable` or `Void`.
    func decodeResult(_ bytes: [UInt8]) throws -> Output
}

extension CallableTask {
    public var options: TaskOptions { TaskOptions() }
    public var parameters: [TaskParameter]? { nil }

    /// A call of this task with positional arguments. Their number and types are not checked here, but by the worker.
    public func signature<each Argument: Encodable>(_ argument: repeat each Argument) -> Signature<Output> {
        Signature(self, EncodedArguments(positional: repeat each argument))
    }
}

extension CallableTask where Output: Decodable {
    public func decodeResult(_ bytes: [UInt8]) throws -> Output {
        try JSONCoding.decode(Output.self, from: bytes, limits: .checkedBefore)
    }
}

extension CallableTask where Output == Void {
    public func decodeResult(_ bytes: [UInt8]) throws {}
}

/// One parameter of a task, as `inspect` shows it.
public struct TaskParameter: Sendable, Hashable {
    public let name: String
    public let label: String?
    /// As written in the source, for example `[String: Int]?`.
    public let type: String
    /// Its index among the positional arguments; `nil` = by keyword.
    public let position: Int?
    public let hasDefault: Bool

    public init(_ name: String, label: String?, type: String, position: Int?, hasDefault: Bool) {
        self.name = name
        self.label = label
        self.type = type
        self.position = position
        self.hasDefault = hasDefault
    }
}
