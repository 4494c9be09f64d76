/// A named function that workers can run: what `@Task` makes, and what the registry holds.
///
/// Written by hand where the macro does not fit:
///
/// ```swift
/// struct Add: TaskDefinition {
///     let name: TaskName = "tasks.add"
///
///     func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> Int {
///         try arguments.value("x", at: 0, as: Int.self) + arguments.value("y", at: 1, as: Int.self)
///     }
/// }
/// let sum = try await Add().signature(2, 2).delay()          // AsyncResult<Int>
/// ```
public protocol TaskDefinition<Output>: Sendable {
    associatedtype Output: Sendable

    /// What a message must be called for this task to run. Unique within an app.
    var name: TaskName { get }

    /// How it runs when its caller does not say otherwise.
    var options: TaskOptions { get }

    /// What it takes, or `nil` where only ``run(_:in:)`` knows.
    ///
    /// With it, a call with too many or unknown arguments is refused before the task starts.
    var parameters: [TaskParameter]? { get }

    /// Decodes the arguments, all of them before the first side effect, and does the work.
    ///
    /// - Throws: whatever the work throws; it fails or is retried by `TaskOptions.retry`. A `CeleriacError` with code
    ///   `invalidArguments` from decoding parks the message.
    func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> Output

    /// The output as JSON text. Given where `Output` is `Encodable` or `Void`.
    func encodeResult(_ output: Output) throws -> [UInt8]

    /// The inverse of ``encodeResult(_:)``. Given where `Output` is `Decodable` or `Void`.
    func decodeResult(_ bytes: [UInt8]) throws -> Output
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

extension TaskDefinition {
    public var options: TaskOptions { TaskOptions() }
    public var parameters: [TaskParameter]? { nil }

    /// A call of this task with positional arguments. Their number and types are not checked here, but by the worker.
    public func signature<each Argument: Encodable>(_ argument: repeat each Argument) -> Signature<Output> {
        var arguments = EncodedArguments()
        for value in repeat each argument { arguments.append(value) }
        return Signature(self, arguments)
    }
}

extension TaskDefinition where Output: Encodable {
    public func encodeResult(_ output: Output) throws -> [UInt8] { try JSONCoding.encode(output) }
}

extension TaskDefinition where Output: Decodable {
    public func decodeResult(_ bytes: [UInt8]) throws -> Output {
        try JSONCoding.decode(Output.self, from: bytes, limits: .checkedBefore)
    }
}

extension TaskDefinition where Output == Void {
    public func encodeResult(_ output: Void) throws -> [UInt8] { Self.null }
    public func decodeResult(_ bytes: [UInt8]) throws {}

    private static var null: [UInt8] { [0x6E, 0x75, 0x6C, 0x6C] }
}
