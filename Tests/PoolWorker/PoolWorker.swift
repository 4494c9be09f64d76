import Celeriac
import CeleriacSQLite
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// A worker whose tasks harm the process they run in: `PoolWorker <database> <children> <tasks per child> <key=value …>`.
///
/// Prints `ready` once it claims, and a line for each child that is lost.
@main
struct PoolWorker {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count >= 4, let children = Int(words[2]), let perChild = Int(words[3]) else {
            FileHandle.standardError.write(Data("usage: PoolWorker database children per-child key=value…\n".utf8))
            exit(64)
        }
        let settings = Settings(words.dropFirst(4))
        var logger = Logger(label: "pool-worker") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let app = try TaskApp(
            "sqlite:///\(words[1])", schemes: [.sqlite],
            options: AppOptions(containers: [Workshop(tool: settings["tool"] ?? 0)]), logger: logger)
        var options = WorkerOptions(
            pool: .processes(count: children, concurrencyPerChild: perChild),
            lease: .milliseconds(settings["lease"] ?? 30_000), hooks: [{ tell($0) }]
        )
        options.shutdownLimit = .milliseconds(settings["shutdown"] ?? 30_000)
        options.cancellationGrace = .milliseconds(settings["grace"] ?? 5000)
        options.children.maxTasks = settings["maxTasks"]
        options.children.maxMemory = settings["maxMemory"].map { $0 << 20 }
        options.children.memoryLimit = settings["memoryLimit"].map { $0 << 20 }
        options.children.crashLimit = settings["crashLimit"] ?? 3
        options.deliveryLimit = settings["deliveryLimit"] ?? 20
        options.children.takesBacktraces = settings["backtraces"] != 0
        let worker = Worker(app, options: options)
        if Worker.isChild { try await worker.run() }
        try await ServiceGroup(services: [worker], gracefulShutdownSignals: [.sigterm], logger: logger).run()
    }

    private static func tell(_ event: WorkerEvent) {
        switch event {
        case .started: print("ready")
        case .childLost(let loss): print("lost \(loss.pid) \(loss.cause) \(loss.tasks.map(\.rawValue))")
        case .stopped: print("stopped")
        default: return
        }
        fflush(nil)
    }
}

/// Numbers given as `name=value`.
struct Settings {
    private var values: [String: Int] = [:]

    init(_ words: some Sequence<String>) {
        for word in words {
            let parts = word.split(separator: "=").map(String.init)
            if parts.count == 2 { values[parts[0]] = Int(parts[1]) }
        }
    }

    subscript(name: String) -> Int? { values[name] }
}
