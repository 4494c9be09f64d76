/// Makes a function without a body the typed stub of a task that runs elsewhere: in Python, or in another Swift program.
///
/// ```swift
/// @RemoteTask("tasks.add") func add(_ x: Int, _ y: Int) async throws -> Int
///
/// @RemoteTask("tasks.thumbnail", queue: "images", expires: .minutes(10))
/// func thumbnail(of image: String, width: Int = 200) async throws -> Picture
///
/// let result = try await $add.delay(2, 2)                                          // AsyncResult<Int>, at once
/// try await $thumbnail.applyAsync(of: "cat.png", options: CallOptions(priority: .high))
/// let signature = $add(2, 2)                                                       // a call not made yet
/// let sum = try await add(2, 2)                                                    // sends it and waits: 4
/// ```
///
/// `$add` has all that `@Task` gives it but the code: no worker of this program takes the task for its own. The function
/// itself sends the call through the current app and waits for its result. It throws `TaskFailure` with what the worker's
/// side raised (a missing or surplus argument is Python's `TypeError`), and `CeleriacError` with code `wrongResultType` if the
/// result is none of its type. Cancelled, it stops waiting; the call goes on.
///
/// The function is global, or static in a type, `async throws`, and without generics and context.
///
/// On the wire, parameters without a label that come first are positional; from the first labelled one on all are keywords
/// **under the parameter's own name**: `of image: String` is Python's `image=…`. So give the parameter Python's name, and
/// the label that reads well. A Swift default is sent with each call. Python's own default holds for a parameter that the
/// function does not have; `nil` is sent as `None`.
///
/// A result is whatever is `Decodable`: a struct from a `dict`, `Date` from `datetime`, an Optional where Python may return
/// `None`. Without a result, what comes is not looked at.
///
/// - Parameters:
///   - name: what the task is called where it runs; a plain literal of 1 to 200 characters.
///   - queue: `nil` = as the app's routes say.
///   - route: through which exchange, for brokers that have them; it wins over `queue`.
///   - timeLimit: sent with the call: after it the worker gives up on the attempt.
///   - softTimeLimit: sent with the call: after it the attempt is asked to end.
///   - priority: among the calls of its queue; 9 is the highest.
///   - expires: counted from the call; what has not started by then is revoked.
///   - ignoreResult: whether the worker is told to keep no result. The function then has none, and is over once the broker
///     has the call.
///   - timeout: how long the function itself waits for the result; then it throws `CeleriacError` with code `timeout`. `nil`
///     = as long as it takes, even if no worker ever comes.
@attached(peer, names: prefixed(`$`), prefixed(__task_))
@attached(body)
public macro RemoteTask(
    _ name: String, queue: QueueName? = nil, route: ExchangeRoute? = nil, timeLimit: Duration? = nil,
    softTimeLimit: Duration? = nil, priority: CallPriority? = nil, expires: Duration? = nil,
    ignoreResult: Bool = false, timeout: Duration? = nil
) = #externalMacro(module: "CeleriacMacros", type: "RemoteTaskMacro")
