/// A task made of a closure: the short form for scripts and tests.
///
/// ```swift
/// let add = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
/// let sum = try await add.delay(2, 2)
/// ```
///
/// Parameters have no names, so calls pass all arguments by position.
public struct ClosureTask<Output: Codable & Sendable, each Argument: Codable & Sendable>: TaskDefinition {
    /// The name under which it is called.
    public let name: TaskName
    /// Its options.
    public let options: TaskOptions
    /// Where it was made.
    public let declaredAt: SourcePlace?
    private let body: @Sendable @concurrent (repeat each Argument) async throws -> Output

    /// Makes a task. `TaskApp.task(_:options:_:)` also registers it.
    ///
    /// - Parameters:
    ///   - name: the name under which it is called.
    ///   - options: retries, time limits and the like.
    ///   - file: where it is made, for tracebacks.
    ///   - line: where it is made, for tracebacks.
    ///   - body: the code of the task.
    public init(
        _ name: TaskName, options: TaskOptions = TaskOptions(), file: String = #fileID, line: Int = #line,
        _ body: @escaping @Sendable @concurrent (repeat each Argument) async throws -> Output
    ) {
        self.name = name
        self.options = options
        declaredAt = SourcePlace(file: file, line: line)
        self.body = body
    }

    /// Its parameters, named by their positions: `0`, `1`, …
    public var parameters: [TaskParameter]? {
        var parameters: [TaskParameter] = []
        for type in repeat (each Argument).self {
            let position = parameters.count
            parameters.append(
                TaskParameter("\(position)", label: nil, type: "\(type)", position: position, hasDefault: false)
            )
        }
        return parameters
    }

    /// Makes a call of this task.
    public func callAsFunction(_ argument: repeat each Argument) -> Signature<Output> {
        signature(repeat each argument)
    }

    /// Sends a call through the current app. Throws as ``Signature/delay()``.
    @discardableResult
    public func delay(_ argument: repeat each Argument) async throws -> AsyncResult<Output> {
        try await callAsFunction(repeat each argument).delay()
    }

    /// Sends a call through the current app, with these options. Throws as ``Signature/delay()``.
    @discardableResult
    public func applyAsync(
        _ argument: repeat each Argument, options: CallOptions
    ) async throws -> AsyncResult<Output> {
        try await callAsFunction(repeat each argument).applyAsync(options)
    }

    public func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> Output {
        var position = -1
        func next<Value: Decodable>(_: Value.Type) throws -> Value {
            position += 1
            return try arguments.value("\(position)", at: position)
        }
        let values = (repeat try next((each Argument).self))
        return try await body(repeat each values)
    }
}

extension ClosureTask: MappableTask {
    public func encodeItem(_ item: (repeat each Argument)) -> EncodedArguments {
        EncodedArguments(positional: repeat each item)
    }
}
