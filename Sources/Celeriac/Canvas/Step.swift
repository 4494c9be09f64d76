import CeleriacCanvas

/// A call whose first argument is still to come: a step of a chain, a callback or an errback.
///
/// ```swift
/// @Task func resize(_ image: URL, width: Int) async throws -> URL { … }
///
/// $resize.then(width: 200)                           // Step<URL, URL>: the image is the result of the step before
/// $cleanUp("/tmp/x").ignoringInput()                 // takes nothing from it
/// Step<URL, Int>("images.measure", kwargs: ["unit": "px"])   // a task known by name
/// ```
///
/// A step fits behind what gives exactly its `Input`; anything else does not compile.
public struct Step<Input, Output: Sendable>: Sendable {
    let part: any StepPart<Output>

    init(_ part: any StepPart<Output>) { self.part = part }

    /// What `then(…)` of a `@Task` makes: of the call's arguments, all but the first one.
    public init(_ task: some CallableTask<Output>, _ arguments: EncodedArguments) {
        part = Signature(task, arguments)
    }

    /// A step by the name of its task, for example one that lives in Python. The input becomes its first positional argument.
    public init(
        _ task: TaskName, args: [JSONValue] = [], kwargs: JSONObject = [:],
        options: CallOptions = CallOptions()
    ) where Output: Decodable {
        part = Signature<Output>(task, EncodedArguments(args: args, kwargs: kwargs), options: options)
    }

    /// Both, one after the other: together a step again.
    public func then<Next>(_ next: Step<Output, Next>) -> Step<Input, Next> {
        Step<Input, Next>(Chain<Output>(part).then(next))
    }

    /// The same step with other options: its queue, its time limits and so on. Of several steps, it is said of the first.
    public func with(_ options: CallOptions) -> Step { Step(part.with(options)) }
}

extension CallableTask {
    /// A call of this task as a step, for tasks without `@Task`: the first argument is the result before, whose type is said
    /// here, and the others are given.
    ///
    /// ```swift
    /// add.then(after: Int.self, 10)                  // Step<Int, Int>
    /// ```
    public func then<Input, each Argument: Encodable>(
        after input: Input.Type, _ argument: repeat each Argument
    ) -> Step<Input, Output> {
        Step(signature(repeat each argument))
    }
}

extension Signature: StepPart, Linkable {
    public func decodeResult(_ bytes: [UInt8]) throws -> Output { try decode(bytes) }

    public func canvasSignature() throws -> CanvasSignature {
        try call.canvasSignature()
    }

    /// This call as a step that takes nothing from the one before: Celery's immutable signature, `si`.
    public func ignoringInput<Input>() -> Step<Input, Output> { Step(ImmutableCall(call: self)) }
}
