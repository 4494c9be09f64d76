/// Turns a function without a body into the typed stub of a task that runs elsewhere: in Python or another Swift
/// program.
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
/// `$add` has everything that `@Task` generates except the code: no worker of this program runs the task. The function
/// itself sends the call through the current app and waits for its result. It throws `TaskFailure` with the error that
/// the worker raised (a missing or surplus argument is Python's `TypeError`), and `CeleriacError` with code
/// `wrongResultType` if the result does not have the declared type. If the function is cancelled, it stops waiting; the
/// call goes on.
///
/// The function must be global, or static in a type, and `async throws`. It has no generic parameters and no
/// ``TaskContext``.
///
/// On the wire, the leading parameters without a label are positional. From the first labelled one on, all are keywords
/// **under the parameter's own name**: `of image: String` is Python's `image=…`. So give the parameter Python's name,
/// and choose any label that reads well. A Swift default is sent with each call. Python's own default applies to a
/// parameter that the Swift function does not declare. `nil` is sent as `None`.
///
/// The result can be any `Decodable` type: a struct from a `dict`, `Date` from `datetime`, an Optional where Python may
/// return `None`. If the function declares no result, the returned value is ignored.
///
/// - Parameters:
///   - name: the name of the task in the program that runs it; a plain literal of 1 to 200 characters.
///   - queue: the queue of its calls; `nil` uses the app's routes.
///   - route: the exchange route, for brokers that have exchanges; it overrides `queue`.
///   - timeLimit: sent with the call; when it has passed, the worker gives up on the attempt.
///   - softTimeLimit: sent with the call; when it has passed, the worker asks the attempt to end.
///   - priority: the priority among the calls of its queue; 9 is the highest.
///   - expires: counted from the call; a call that has not started by then is revoked.
///   - ignoreResult: whether the worker discards the result. The function then must not declare a result, and returns
///     once the broker has the call.
///   - timeout: how long the function itself waits for the result; then it throws `CeleriacError` with code `timeout`.
///     `nil` waits without limit, even if no worker ever runs the call.
@attached(peer, names: prefixed(`$`), prefixed(__task_))
@attached(body)
public macro RemoteTask(
    _ name: String, queue: QueueName? = nil, route: ExchangeRoute? = nil, timeLimit: Duration? = nil,
    softTimeLimit: Duration? = nil, priority: CallPriority? = nil, expires: Duration? = nil,
    ignoreResult: Bool = false, timeout: Duration? = nil
) = #externalMacro(module: "CeleriacMacros", type: "RemoteTaskMacro")
