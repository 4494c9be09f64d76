/// Makes a function a task: something that is called now and run by a worker later, in this process or another.
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
/// The function is global, or static in a type; `async` or not, throwing or not. The task has its labels, types and
/// defaults. A first parameter of type ``TaskContext`` is no argument: the worker passes it. Parameters are `Decodable`
/// and `Encodable`, the result as well, or `Void`.
///
/// On the wire, parameters without a label that come first are positional, from the first labelled one on all are
/// keywords under the parameter's own name. What arrives may be given by position, by name or by label; what is missing
/// takes the default.
///
/// A worker that has the function linked in finds the task by itself.
///
/// - Parameters:
///   - name: how the task is called on the wire; a plain literal of 1 to 200 characters. Default: `Module.function` or
///     `Module.Type.function`.
///   - queue: `nil` = as the app's routes say.
///   - route: through which exchange, for brokers that have them; it wins over `queue`.
///   - retry: what happens when the function throws. Default: it fails at the first error.
///   - timeLimit: after it the worker gives up on the attempt.
///   - softTimeLimit: after it the attempt is cancelled.
///   - priority: among the calls of its queue.
///   - expires: counted from the call; what has not started by then is revoked.
///   - rateLimit: how often it may start, per worker, for example `"10/s"`.
///   - ignoreResult: whether results are not kept.
///   - acks: whether a crash repeats a started call (`.late`) or loses it (`.early`).
///   - unique: keeps a second equal call out while the first one stands.
///   - execution: `.blocking` for work that keeps its thread busy or blocks it: it has one to itself then, and holds up no
///     other task. Not for functions of the main actor.
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
    /// Returns the value after a suspension point that never suspends.
    ///
    /// What `@Task` writes around a synchronous function: a macro cannot see whether a type or the module binds the
    /// function to an actor. With it the call is right, and free of warnings, either way.
    @inlinable
    nonisolated(nonsending) public func awaiting<Value>(_ value: Value) async -> Value { value }
}
