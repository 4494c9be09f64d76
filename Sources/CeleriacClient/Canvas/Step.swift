import CeleriacCanvas

/// A call whose first argument is supplied later: a step of a chain, a callback or an errback.
///
/// ```swift
/// @Task func resize(_ image: URL, width: Int) async throws -> URL { … }
///
/// $resize.then(width: 200)                           // Step<URL, URL>: the image is the result of the step before
/// $cleanUp("/tmp/x").ignoringInput()                 // takes nothing from it
/// Step<URL, Int>("images.measure", kwargs: ["unit": "px"])   // a task known by name
/// ```
///
/// A step can follow only a call whose output is exactly its `Input`; anything else does not compile.
public struct Step<Input, Output: Sendable>: Sendable {
    let part: any StepPart<Output>

    init(_ part: any StepPart<Output>) { self.part = part }

    /// Makes a step from all arguments of the call except the first. `then(…)` of a `@Task` uses it.
    public init(_ task: some CallableTask<Output>, _ arguments: EncodedArguments) {
        part = Signature(task, arguments)
    }

    /// Makes a step by the name of its task, for example a task in Python. The input becomes its first positional
    /// argument.
    public init(
        _ task: TaskName, args: [JSONValue] = [], kwargs: JSONObject = [:],
        options: CallOptions = CallOptions()
    ) where Output: Decodable {
        part = Signature<Output>(task, EncodedArguments(args: args, kwargs: kwargs), options: options)
    }

    /// Returns a step that runs this one, then the next.
    public func then<Next>(_ next: Step<Output, Next>) -> Step<Input, Next> {
        Step<Input, Next>(Chain<Output>(part).then(next))
    }

    /// Returns a copy with other options, such as queue or time limits. For several steps, they apply to the first; for a
    /// chord, to each call of its header.
    public func with(_ options: CallOptions) -> Step { Step(part.with(options)) }
}

extension CallableTask {
    /// Makes a step from this task, for tasks without `@Task`. The first argument is the output of the previous call,
    /// of type `Input`; the other arguments are passed here.
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

    /// Returns this call as a step that does not take the output of the previous one: Celery's immutable signature,
    /// `si`.
    public func ignoringInput<Input>() -> Step<Input, Output> { Step(ImmutableCall(call: self)) }
}
