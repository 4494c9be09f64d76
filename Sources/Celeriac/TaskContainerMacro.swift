/// Makes the methods of a type tasks: for tasks that need a mail client, a database pool or settings.
///
/// ```swift
/// @TaskContainer
/// struct MailTasks {
///     let mailer: any Mailer
///
///     @Task(retry: .exponentialJitter(maxRetries: 5))
///     func sendWelcome(to address: String, name: String = "friend") async throws -> String { … }
/// }
///
/// try await MailTasks.$sendWelcome.delay(to: "ada@example.com")                      // needs no MailTasks
/// let options = AppOptions(containers: [MailTasks(mailer: smtp)])                    // what a worker needs
/// ```
///
/// Attach it to a struct, a final class or an actor. It must be `Sendable`, because calls run at the same time on one
/// value; a method cannot be `mutating`. The type is not generic. Methods may also stand in extensions of the type.
/// `@Task` without `static` in any other type is an error.
///
/// `@Task` on a method takes the same options, and writes the same value `$name`, as on a function. The task's default
/// name is `Module.Type.method`, as for a static function: a function that becomes a method keeps its name, and the
/// calls that wait for it. Each app has at most one value of a type, which ``AppOptions/containers`` holds: two apps of
/// a process, or a test, can have different values.
///
/// A worker whose app lacks the value of a registered task refuses to start, and names the task and the type; see
/// ``AppOptions/requiresContainers``. Child processes of a worker run the same code as the worker, so they make values
/// of their own: a value should open its connections when they are first used.
@attached(extension, conformances: TaskContainer)
public macro TaskContainer() = #externalMacro(module: "CeleriacMacros", type: "TaskContainerMacro")
