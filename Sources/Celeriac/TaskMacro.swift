/// Makes a function a task: you call it now, and a worker runs it later, in this process or another.
///
/// ```swift
/// @Task(retry: .exponentialJitter(maxRetries: 5))
/// func sendWelcomeEmail(to address: String, name: String = "friend") async throws -> String { … }
///
/// let result = try await $sendWelcomeEmail.delay(to: "ada@example.com")             // at once
/// try await $sendWelcomeEmail.applyAsync(to: "ada@example.com", options: CallOptions(countdown: .minutes(5)))
/// let signature = $sendWelcomeEmail(to: "ada@example.com")                          // a call not made yet
/// ```
///
/// The function must be global, static in a type, or a method of a ``TaskContainer()``. It may be `async` and may throw. The task has the labels, types
/// and defaults of the function. A first parameter of type ``TaskContext`` is not an argument of calls: the worker
/// passes it. Parameters must be `Decodable` and `Encodable`. The result must be both as well, or `Void`.
///
/// On the wire, the leading parameters without a label are positional. From the first labelled one on, all are keywords
/// under the parameter's own name. A received call may pass an argument by position, by name or by label; a missing
/// argument takes the default.
///
/// A worker finds the task by itself if the function is linked into its executable.
///
/// - Parameters:
///   - name: the name of the task on the wire; a plain literal of 1 to 200 characters. Default: `Module.function` or
///     `Module.Type.function`, for methods too.
///   - queue: the queue of its calls; `nil` uses the app's routes.
///   - route: the exchange route, for brokers that have exchanges; it overrides `queue`.
///   - retry: what happens when the function throws. Default: the call fails at the first error.
///   - timeLimit: when it has passed, the worker gives up on the attempt.
///   - softTimeLimit: when it has passed, the worker cancels the attempt.
///   - priority: the priority among the calls of its queue.
///   - expires: counted from the call; a call that has not started by then is revoked.
///   - rateLimit: how often each worker may start it, for example `"10/s"`.
///   - ignoreResult: whether results are discarded.
///   - acks: whether a crash repeats a started call (`.late`) or loses it (`.early`).
///   - unique: keeps a second equal call out of the queue while the first one holds its key.
///   - execution: `.blocking` for work that keeps its thread busy or blocks it. The work then has a thread to itself
///     and does not delay other tasks. Not for functions of the main actor.
///   - nilMembers: `.null` writes members of the result that are `nil` as `null`, which Python reads as `None`.
@attached(peer, names: prefixed(`$`), prefixed(__task_), prefixed(__taskRecord_))
public macro Task(
    name: String? = nil, queue: QueueName? = nil, route: ExchangeRoute? = nil, retry: RetryPolicy = .none,
    timeLimit: Duration? = nil, softTimeLimit: Duration? = nil, priority: CallPriority? = nil,
    expires: Duration? = nil, rateLimit: RateLimit? = nil, ignoreResult: Bool = false,
    acks: TaskOptions.Acknowledgement = .late, unique: Uniqueness? = nil,
    execution: TaskOptions.Execution = .cooperative, nilMembers: NilMembers? = nil
) = #externalMacro(module: "CeleriacMacros", type: "TaskMacro")

extension TaskDefinition {
    /// Returns the value, after a suspension point that never suspends.
    ///
    /// `@Task` wraps the call of a synchronous function in it, because a macro cannot see whether a type or the module
    /// binds the function to an actor. The call is then correct, and free of warnings, in both cases.
    @inlinable
    nonisolated(nonsending) public func awaiting<Value>(_ value: Value) async -> Value { value }
}
