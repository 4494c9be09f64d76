/// A named function that workers can run. `@Task` makes one, and the registry holds them.
///
/// Write one by hand where the macro does not fit:
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
///
/// Its ``CallableTask/name`` must be unique within an app. If ``CallableTask/parameters`` is not `nil`, a call with too
/// many or unknown arguments is refused before the task starts.
public protocol TaskDefinition<Output>: RunnableTask {
    /// The output of ``run(_:in:)``. Declared again here so that it is inferred from that method.
    associatedtype Output

    /// Decodes all arguments before the first side effect, then does the work.
    ///
    /// - Throws: whatever the work throws; `TaskOptions.retry` decides whether the task fails or is retried. If
    ///   decoding throws `CeleriacError` with code `invalidArguments`, the message becomes a dead letter.
    func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> Output

    /// Encodes the output as JSON text, which ``CallableTask/decodeResult(_:)`` decodes. Implemented for you if
    /// `Output` is `Encodable` or `Void`.
    func encodeResult(_ output: Output) throws -> [UInt8]
}

extension TaskDefinition where Output: Encodable {
    /// Encodes the output. Members that are `nil` follow `TaskOptions.nilMembers`, else ``AppOptions/nilMembers`` of
    /// the app that runs the task.
    public func encodeResult(_ output: Output) throws -> [UInt8] {
        let rule = options.nilMembers ?? TaskContext.current?.app.options.nilMembers ?? .omitted
        return try JSONCoding.encode(output, nilMembers: rule)
    }
}

extension TaskDefinition where Output == Void {
    public func encodeResult(_ output: Void) throws -> [UInt8] { Self.null }

    private static var null: [UInt8] { [0x6E, 0x75, 0x6C, 0x6C] }
}
