/// How a worker keeps the children of its pool. Ignored by an in-process pool. See `TaskPool.processes`.
public struct ChildOptions: Sendable, Hashable {
    /// Which environment variables a child gets.
    public enum Inheritance: Sendable, Hashable {
        /// All of the worker's.
        case inherited
        /// Only these names, as far as the worker has them.
        case only(Set<String>)
    }

    /// How many tasks a child runs before it is replaced, once nothing runs in it. `nil` = no limit.
    public var maxTasks: Int?
    /// How much memory a child may hold at the end of a task, in bytes. One that holds more is replaced, once nothing
    /// runs in it. `nil` = no limit.
    public var maxMemory: Int?
    /// How much memory a child may ever hold, in bytes. One that holds more is killed, whatever runs in it. Checked ten
    /// times a second, on Linux only. `nil` = no limit.
    public var memoryLimit: Int?
    /// A task that has crashed this many children is parked as poison. Default 3; 1 = at the first crash.
    public var crashLimit: Int
    /// How long a terminated task may take to end by itself before its child is killed. Default 1 s.
    public var terminationGrace: Duration
    /// Which environment variables a child gets. Default all.
    public var environment: Inheritance
    /// Whether Swift's backtracer examines a crashed child, which delays the child's end by about 40 ms. Default yes.
    public var takesBacktraces: Bool
    /// How many of the last lines of a child's output the failure of the task that crashed it contains. Default 20; at
    /// most 200. Set 0 if they may hold secrets.
    public var linesKept: Int

    public init(
        maxTasks: Int? = nil, maxMemory: Int? = nil, memoryLimit: Int? = nil, crashLimit: Int = 3,
        terminationGrace: Duration = .seconds(1), environment: Inheritance = .inherited, takesBacktraces: Bool = true,
        linesKept: Int = 20
    ) {
        self.maxTasks = maxTasks.map { max(1, $0) }
        self.maxMemory = maxMemory.map { max(1, $0) }
        self.memoryLimit = memoryLimit.map { max(1, $0) }
        self.crashLimit = max(1, crashLimit)
        self.terminationGrace = max(.zero, terminationGrace)
        self.environment = environment
        self.takesBacktraces = takesBacktraces
        self.linesKept = min(max(0, linesKept), 200)
    }
}
