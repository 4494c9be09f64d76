/// A task with code in this program, as an app registers it. `TaskDefinition` adds the code, so conform to that.
///
/// A program that only sends can register tasks too: an app looks up their options and parameters when it sends
/// callbacks and the calls of a schedule.
public protocol RunnableTask<Output>: CallableTask {
    /// Where the task is declared; the traceback of its failures shows this place. Default `nil`; `@Task` fills it in.
    var declaredAt: SourcePlace? { get }

    /// The type of the value that the task is a method of; `nil` if it needs none. Default `nil`; `@Task` fills it in.
    ///
    /// A worker needs a value of this type in ``AppOptions/containers``.
    var containerType: (any TaskContainer.Type)? { get }
}

extension RunnableTask {
    /// Not known.
    public var declaredAt: SourcePlace? { nil }
    /// None.
    public var containerType: (any TaskContainer.Type)? { nil }
}
