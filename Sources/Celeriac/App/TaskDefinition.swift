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
///
/// Its ``CallableTask/name`` is unique within an app. With ``CallableTask/parameters``, a call with too many or unknown
/// arguments is refused before the task starts.
public protocol TaskDefinition<Output>: CallableTask {
    /// What ``run(_:in:)`` gives. Declared anew, so that it is inferred from there.
    associatedtype Output

    /// Where the task is declared: what the traceback of its failures shows. Default `nil`; `@Task` knows it.
    var declaredAt: SourcePlace? { get }

    /// Decodes the arguments, all of them before the first side effect, and does the work.
    ///
    /// - Throws: whatever the work throws; it fails or is retried by `TaskOptions.retry`. A `CeleriacError` with code
    ///   `invalidArguments` from decoding parks the message.
    func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> Output

    /// The output as JSON text, which ``CallableTask/decodeResult(_:)`` reads. Given where `Output` is `Encodable` or `Void`.
    func encodeResult(_ output: Output) throws -> [UInt8]
}

extension TaskDefinition {
    public var declaredAt: SourcePlace? { nil }
}

extension TaskDefinition where Output: Encodable {
    /// Writes members that are `nil` as ``TaskOptions/nilMembers`` says, else as ``AppOptions/nilMembers`` of the app that
    /// runs the task.
    public func encodeResult(_ output: Output) throws -> [UInt8] {
        let rule = options.nilMembers ?? TaskContext.current?.app.options.nilMembers ?? .omitted
        return try JSONCoding.encode(output, nilMembers: rule)
    }
}

extension TaskDefinition where Output == Void {
    public func encodeResult(_ output: Void) throws -> [UInt8] { Self.null }

    private static var null: [UInt8] { [0x6E, 0x75, 0x6C, 0x6C] }
}
