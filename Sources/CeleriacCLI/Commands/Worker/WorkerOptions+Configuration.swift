public import Celeriac
import CeleriacCore
public import Configuration

extension WorkerOptions {
    /// Reads the options of a worker from configuration: environment, files, or any other source of the reader. The
    /// command `worker` does so before it applies its own options, from the environment, then from the file of
    /// `--config`.
    ///
    /// The keys are `celeriac.worker.queues` and so on; in the environment, `CELERIAC_WORKER_QUEUES`. The page "Workers"
    /// of the documentation lists them.
    ///
    /// - Parameters:
    ///   - configuration: the reader of the settings.
    ///   - fallback: the options that apply where nothing is configured.
    /// - Throws: `CeleriacError` with code `invalidConfiguration`, which names the setting and what it must be.
    public init(configuration: ConfigReader, fallback: WorkerOptions = WorkerOptions()) throws {
        self = fallback
        let settings = WorkerConfiguration(reader: configuration)
        try settings.apply(to: &self)
    }
}

/// The settings of a worker in a configuration.
private struct WorkerConfiguration {
    let reader: ConfigReader

    func apply(to options: inout WorkerOptions) throws {
        if let queues = try value("queues", "queues such as mail,celery or mail=3,celery=1", { try QueuesArgument($0) })
        {
            options.queues = queues.selection
        }
        options.name = reader.text("celeriac.worker.name") ?? options.name
        try applyPool(to: &options)
        options.lease = try duration("lease") ?? options.lease
        options.shutdownLimit = try duration("shutdownLimit") ?? options.shutdownLimit
        options.cancellationGrace = try duration("cancellationGrace") ?? options.cancellationGrace
        options.maxIdle = try duration("maxIdle") ?? options.maxIdle
        options.maxTasks = try count("maxTasks", in: 1...Bounds.count.upperBound) ?? options.maxTasks
        let control = try value("control", "full, read-only or off") { ControlArgument(rawValue: $0) }
        options.control = control?.reach ?? options.control
        options.sendsTaskEvents = try value("taskEvents", "true or false") { Bool($0) } ?? options.sendsTaskEvents
    }

    private func applyPool(to options: inout WorkerOptions) throws {
        let concurrency = try count("concurrency", in: Bounds.slots)
        switch try value("pool", "processes or in-process", { PoolArgument(rawValue: $0) }) {
        case .inProcess: options.pool = .inProcess(concurrency: concurrency ?? options.concurrency)
        case .processes: options.pool = .processes(concurrency: concurrency ?? options.concurrency)
        case nil: options.concurrency = concurrency ?? options.concurrency
        }
        let autoscale = try value("autoscale", "a maximum and a minimum such as 10,3") {
            AutoscaleArgument(argument: $0)
        }
        options.autoscale = autoscale?.range ?? options.autoscale
        options.children.maxTasks =
            try count("maxTasksPerChild", in: 1...Bounds.count.upperBound) ?? options.children.maxTasks
        options.children.maxMemory = try size("maxMemoryPerChild") ?? options.children.maxMemory
        options.children.memoryLimit = try size("memoryLimit") ?? options.children.memoryLimit
    }

    // MARK: Values

    /// - Parameter expected: what the setting must be, for the error.
    private func value<Value>(_ name: String, _ expected: String, _ read: (String) throws -> Value?) throws -> Value? {
        guard let text = reader.text(ConfigKey(["celeriac", "worker", name])) else { return nil }
        if let value = try? read(text) { return value }
        throw CeleriacError(.invalidConfiguration, "setting celeriac.worker.\(name) must be \(expected)")
    }

    private func duration(_ name: String) throws -> Duration? {
        try value(name, "a duration \(DurationArgument.help)") { DurationArgument(argument: $0)?.duration }
    }

    private func size(_ name: String) throws -> Int? {
        try value(name, "a memory size with a unit, \(SizeArgument.help)") { try SizeArgument(argument: $0).bytes }
    }

    private func count(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        try value(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            CountArgument.read($0, in: range)
        }
    }
}
