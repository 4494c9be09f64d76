/// A task as its callers see it, wherever it runs: its name, the options and parameters of a call, and how to read its
/// result.
///
/// `@RemoteTask` makes one for a task that another program runs. You can call it but not register it, so no worker of
/// this program runs it. ``TaskDefinition`` adds the code that runs. To write one by hand:
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

    /// The name that a message must carry for the task to run.
    var name: TaskName { get }

    /// The default options of a call; the caller's own options override them.
    ///
    /// For a task that runs elsewhere, only the options that travel with a call have an effect: queue, route, priority,
    /// expiry, time limits, uniqueness, and whether the result is ignored.
    var options: TaskOptions { get }

    /// The parameters of the task; `nil` if only the task itself knows them.
    var parameters: [TaskParameter]? { get }

    /// Decodes a result. Implemented for you if `Output` is `Decodable` or `Void`.
    func decodeResult(_ bytes: [UInt8]) throws -> Output
}

extension CallableTask {
    /// No options.
    public var options: TaskOptions { TaskOptions() }
    /// Not known to callers.
    public var parameters: [TaskParameter]? { nil }

    /// Makes a call of this task with positional arguments. The worker checks their number and types; this method does
    /// not.
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
    /// The name of the parameter, by which a call may pass it.
    public let name: String
    /// The label at the call site, as in Swift; `nil` for `_`.
    public let label: String?
    /// As written in the source, for example `[String: Int]?`.
    public let type: String
    /// Its index among the positional arguments; `nil` if it is passed by keyword.
    public let position: Int?
    /// Whether a call may leave it out.
    public let hasDefault: Bool

    /// Describes a parameter; `@Task` and `@RemoteTask` use it.
    public init(_ name: String, label: String?, type: String, position: Int?, hasDefault: Bool) {
        self.name = name
        self.label = label
        self.type = type
        self.position = position
        self.hasDefault = hasDefault
    }
}
