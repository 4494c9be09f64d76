/// A call not made yet: task, arguments, options. A value; queues, chains and groups take it.
///
/// ```swift
/// let call = $add(2, 2)                              // Signature<Int>
/// let result = try await call.delay()                // AsyncResult<Int>
/// try await app.queue("sums").enqueue(call, in: .minutes(5))
/// ```
public struct Signature<Output: Sendable>: Sendable {
    public let task: TaskName
    public var arguments: EncodedArguments
    /// What the task says; a call's own `CallOptions` win over it.
    public var taskOptions: TaskOptions
    /// What this call wants otherwise.
    public var options: CallOptions
    /// What is called when it has ended.
    public var links = CallLinks()
    /// What it maps, if it is a map.
    var mapping: CallMapping?
    /// What is put on it to find it by.
    var stamps: [CallStamps] = []
    let decode: @Sendable ([UInt8]) throws -> Output

    /// A call of a task whose parameters and result are known, here or elsewhere.
    public init(_ task: some CallableTask<Output>, _ arguments: EncodedArguments) {
        self.task = task.name
        self.arguments = arguments
        taskOptions = task.options
        options = CallOptions()
        decode = { try task.decodeResult($0) }
    }

    /// A call of a task that is known by name only, for example one that lives in Python.
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

    /// The same call with other options.
    public func with(_ options: CallOptions) -> Signature {
        var copy = self
        copy.options = options
        return copy
    }

    /// The same call with what is said in RQ's words; what that leaves open stays as it was.
    public func with(_ job: JobOptions) -> Signature {
        var copy = self
        copy.options.job = options.job.map(job.completed) ?? job
        return copy
    }

    /// Sends the call through the current app.
    ///
    /// - Returns: at once, when the broker has it: the handle of the call.
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
