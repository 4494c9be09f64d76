import Celeriac
import CeleriacCore
import CeleriacPostgres
import CeleriacRedis
import CeleriacSQLite
import Foundation
import TestKit

/// A folder of its own with a database, a journal, and workers that can be killed.
final class Field: Sendable {
    /// The stores on which the tests run.
    static let schemes: [BackendScheme] = [.sqlite, .redis, .postgres]
    let folder: URL
    private let server: String?

    /// - Parameter server: the URL of the broker; `nil` = a database in the folder.
    init(server: String? = nil) throws {
        self.server = server
        folder = FileManager.default.temporaryDirectory.appending(path: "celeriac-crash-\(TaskID.random())")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
    }

    var database: String { folder.appending(path: "tasks.sqlite").path }
    var journalPath: String { folder.appending(path: "journal").path }
    private var broker: String { server ?? "sqlite:///\(database)" }

    func app() throws -> TaskApp {
        try TaskApp(broker, schemes: Self.schemes, options: AppOptions(discoversTasks: false))
    }

    /// The numbers of the tasks that started and of those that ran to their end, in order, repeats included.
    func journal() throws -> (starts: [Int], ends: [Int]) {
        let lines = try String(contentsOfFile: journalPath, encoding: .utf8).split(separator: "\n")
        func numbers(_ mark: Character) -> [Int] {
            lines.filter { $0.first == mark }.compactMap { Int($0.dropFirst()) }
        }
        return (numbers("+"), numbers("-"))
    }

    func startWorker(concurrency: Int, lease: Duration) throws -> WorkerProcess {
        try WorkerProcess([broker, journalPath, "\(concurrency)", "\(Int(lease.seconds * 1000))"])
    }

    /// Starts one worker after another and kills each in the midst of its work: as soon as the journal has grown by a
    /// random number of bytes. Blocks.
    func killWorkers(_ kills: Int, slots: Int, lease: Duration, seed: UInt64) throws {
        var seed = seed
        for _ in 0..<kills {
            let worker = try startWorker(concurrency: slots, lease: lease)
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let target = journalSize + 1 + Int((seed >> 33) % 120)
            defer { worker.kill() }
            let start = ContinuousClock.now
            while journalSize < target {
                guard worker.isRunning, start.duration(to: .now) < .seconds(60) else { throw Stalled() }
                sched_yield()
            }
        }
    }

    private var journalSize: Int {
        var status = stat()
        return stat(journalPath, &status) == 0 ? Int(status.st_size) : 0
    }

    func clear() { try? FileManager.default.removeItem(at: folder) }
}

/// The workers run nothing more, though there is work.
struct Stalled: Error {}

/// A worker in a process of its own.
final class WorkerProcess {
    private let process = Process()
    private let output = Pipe.unshared()

    init(_ arguments: [String]) throws {
        process.executableURL = builtProgram("CrashWorker")
        process.arguments = arguments
        process.standardOutput = output
        try process.begin()
    }

    /// Waits until the worker says that it claims.
    func waitUntilReady() async throws {
        let output = output.fileHandleForReading
        let word = try await offPool { try output.read(upToCount: 6) }
        guard word == Data("ready\n".utf8) else { throw CocoaError(.executableLoad) }
    }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// SIGKILL. The process is gone when the call returns.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        while process.isRunning { sched_yield() }
    }

    /// Stops it in its tracks.
    func freeze() { Foundation.kill(process.processIdentifier, SIGSTOP) }
    func thaw() { Foundation.kill(process.processIdentifier, SIGCONT) }
}

/// Runs what blocks on a thread of its own: the pool has as many threads as the machine has cores, and all tests share it.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}
