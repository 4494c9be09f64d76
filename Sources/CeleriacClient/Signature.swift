/// A call not made yet: task, arguments, options. It is a value that queues, chains and groups accept.
///
/// ```swift
/// let call = $add(2, 2)                              // Signature<Int>
/// let result = try await call.delay()                // AsyncResult<Int>
/// try await app.queue("sums").enqueue(call, in: .minutes(5))
/// ```
public struct Signature<Output: Sendable>: Sendable {
    /// The task to call.
    public let task: TaskName
    /// The encoded arguments.
    public let arguments: EncodedArguments
    /// The task's options; the call's own ``options`` override them.
    public var taskOptions: TaskOptions
    /// The options of this call.
    public var options: CallOptions
    /// The callbacks and errbacks of this call.
    public var links = CallLinks()
    /// The mapped task and its items, if this call is a map.
    var mapping: CallMapping?
    /// The stamps of this call.
    var stamps: [CallStamps] = []
    let decode: @Sendable ([UInt8]) throws -> Output

    /// Makes a call of a task whose parameters and result type are known, wherever it runs.
    public init(_ task: some CallableTask<Output>, _ arguments: EncodedArguments) {
        self.task = task.name
        self.arguments = arguments
        taskOptions = task.options
        options = CallOptions()
        decode = { try task.decodeResult($0) }
    }

    /// Makes a call of a task that is known only by name, for example a task in Python.
    public init(
        _ task: TaskName, _ arguments: EncodedArguments, options: CallOptions = CallOptions()
    ) where Output: Decodable {
        self.task = task
        self.arguments = arguments
        taskOptions = TaskOptions()
        self.options = options
        decode = { try JSONCoding.decode(Output.self, from: $0, limits: .checkedBefore) }
    }

    init(
        _ task: TaskName, _ arguments: EncodedArguments, taskOptions: TaskOptions,
        decode: @escaping @Sendable ([UInt8]) throws -> Output
    ) {
        self.task = task
        self.arguments = arguments
        self.taskOptions = taskOptions
        options = CallOptions()
        self.decode = decode
    }

    /// Returns a copy with other options.
    public func with(_ options: CallOptions) -> Signature {
        var copy = self
        copy.options = options
        return copy
    }

    /// Returns a copy with these job options; options that are `nil` keep their value.
    public func with(_ job: JobOptions) -> Signature {
        var copy = self
        copy.options.job = options.job.map(job.completed) ?? job
        return copy
    }

    /// Sends the call through the current app.
    ///
    /// - Returns: the handle of the call, as soon as the broker has it.
    /// - Throws: `CeleriacError` with code `noApp`, `invalidArguments`, `tooLarge` or `unknownQueue`; `BrokerError`.
    @discardableResult
    public func delay() async throws -> AsyncResult<Output> {
        try await TaskApp.current.send(self)
    }

    /// Sends the call through the current app, with options that replace its own.
    @discardableResult
    public func applyAsync(_ options: CallOptions) async throws -> AsyncResult<Output> {
        try await TaskApp.current.send(with(options))
    }
}
