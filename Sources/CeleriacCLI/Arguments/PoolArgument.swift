import CeleriacCore
import ArgumentParser
import Celeriac

/// Where a worker's tasks run: in child processes, or in the worker's own process.
enum PoolArgument: String, ExpressibleByArgument, CaseIterable {
    case processes
    case inProcess = "in-process"
}

/// A memory size as users type it: `200M`, `1.5G`, `512K`. A number without a unit is refused, because Celery reads it
/// as kilobytes and other programs read it as bytes.
struct SizeArgument {
    let bytes: Int

    static let help = "such as 200M or 1.5G"

    private static let units: [(suffix: String, bytes: Double)] = [("K", 0x400), ("M", 0x100000), ("G", 0x4000_0000)]
    private static let most = 1e15

    /// - Throws: `ValidationError` that says what was expected.
    init(argument: String) throws {
        let text = argument.uppercased()
        guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }) else {
            let isPlain = Double(text).map { $0 > 0 } ?? false
            throw ValidationError(
                isPlain
                    ? "\(argument) has no unit; write \(argument)K for kilobytes, Celery's unit"
                    : "a memory size is a number with a unit, \(Self.help)")
        }
        guard let number = Double(text.dropLast(unit.suffix.count)), number > 0, number * unit.bytes <= Self.most else {
            throw ValidationError("a memory size is a number with a unit, \(Self.help)")
        }
        bytes = max(1, Int(number * unit.bytes))
    }
}

/// The options of `worker` that configure its pool.
struct PoolOptions: ParsableArguments {
    @Option(
        help: """
            Where tasks run: in child processes (the default), so that a crash ends only the tasks of one child, \
            or in the worker's own process.
            """
    )
    var pool: PoolArgument?
    @Option(
        help: ArgumentHelp(
            """
            The maximum number of tasks that run at once in each child (default: --concurrency divided \
            among one child per core; 1 with --autoscale).
            """, valueName: "count")
    )
    var concurrencyPerChild: Int?
    @Option(help: ArgumentHelp("Replace a child after this number of tasks (default: never).", valueName: "count"))
    var maxTasksPerChild: Int?
    @Option(
        help: ArgumentHelp(
            "Replace a child that uses more memory than this after a task, \(SizeArgument.help) (default: never).",
            valueName: "size"),
        transform: SizeArgument.init(argument:)
    )
    var maxMemoryPerChild: SizeArgument?
    @Option(
        help: ArgumentHelp(
            "Kill a child that uses more memory than this, \(SizeArgument.help) (default: no limit).", valueName: "size"
        ),
        transform: SizeArgument.init(argument:)
    )
    var memoryLimit: SizeArgument?

    func validate() throws {
        try CountArgument.check(concurrencyPerChild, "--concurrency-per-child")
        try CountArgument.check(maxTasksPerChild, "--max-tasks-per-child", in: 1...Bounds.count.upperBound)
        let isOfChildren = [
            concurrencyPerChild != nil, maxTasksPerChild != nil, maxMemoryPerChild != nil, memoryLimit != nil,
        ]
        if pool == .inProcess, isOfChildren.contains(true) {
            throw ValidationError("a worker with --pool in-process has no children to limit")
        }
    }

    /// - Parameters:
    ///   - concurrency: the number of tasks that run at once in all children together; `nil` keeps the program's
    ///     setting.
    ///   - autoscale: the minimum and maximum number of children; `nil` keeps the program's setting.
    ///   - canShare: whether other processes can reach the broker.
    func apply(
        to options: inout WorkerOptions, concurrency: Int?, autoscale: ClosedRange<Int>? = nil, canShare: Bool
    ) {
        options.autoscale = autoscale ?? options.autoscale
        switch pool ?? usual(options, canShare) {
        case .inProcess: options.pool = .inProcess(concurrency: concurrency ?? options.concurrency)
        case .processes:
            options.pool =
                options.autoscale.map {
                    .processes(count: $0.lowerBound, concurrencyPerChild: concurrencyPerChild ?? 1)
                }
                ?? processes(concurrency, options)
        case nil: if let concurrency { options.concurrency = concurrency }
        }
        options.children.maxTasks = maxTasksPerChild ?? options.children.maxTasks
        options.children.maxMemory = maxMemoryPerChild?.bytes ?? options.children.maxMemory
        options.children.memoryLimit = memoryLimit?.bytes ?? options.children.memoryLimit
    }

    private func usual(_ options: WorkerOptions, _ canShare: Bool) -> PoolArgument? {
        guard concurrencyPerChild == nil else { return .processes }
        return options.pool.isUsual ? (canShare ? .processes : .inProcess) : nil
    }

    private func processes(_ concurrency: Int?, _ options: WorkerOptions) -> TaskPool {
        guard let perChild = concurrencyPerChild else {
            return .processes(concurrency: concurrency ?? options.concurrency)
        }
        let count = concurrency.map { ($0 + perChild - 1) / perChild }
        return .processes(count: count, concurrencyPerChild: perChild)
    }
}
