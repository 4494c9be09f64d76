import Celeriac
import CeleriacSQLite
import Foundation
import TestKit

/// A folder of its own with a database, and a worker with child processes on it.
final class PoolField: Sendable {
    let folder: URL
    let app: TaskApp

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "celeriac-pool-\(TaskID.random())")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        app = try TaskApp(
            "sqlite:///\(folder.appending(path: "tasks.sqlite").path)", schemes: [.sqlite],
            options: AppOptions(discoversTasks: false))
    }

    func start(children: Int = 2, perChild: Int = 2, _ settings: [String: Int] = [:]) throws -> SupervisorProcess {
        let words = [folder.appending(path: "tasks.sqlite").path, "\(children)", "\(perChild)"]
        return try SupervisorProcess(words + settings.map { "\($0)=\($1)" })
    }

    /// A file for tasks to write into.
    var journal: String { folder.appending(path: "journal").path }

    func clear() { try? FileManager.default.removeItem(at: folder) }

    func send<Output: Decodable & Sendable>(
        _ task: TaskName, _ args: JSONValue..., options: CallOptions = CallOptions(), as type: Output.Type = Int.self
    ) async throws -> AsyncResult<Output> {
        try await app.send(Signature<Output>(task, EncodedArguments(args: args), options: options))
    }

    func echoes(_ count: Int) async throws -> [AsyncResult<Int>] {
        try await app.send(
            (0..<count).map { Signature<Int>("pool.echo", EncodedArguments(args: [.integer(Int64($0))])) })
    }
}

/// A worker in a process of its own, and what it says on standard output and standard error.
final class SupervisorProcess: @unchecked Sendable {
    private let process = Process()
    private let condition = NSCondition()
    private var said: [String] = []
    private var complained = Data()
    private var isOver = false

    init(_ arguments: [String]) throws {
        process.executableURL = Self.executable
        process.arguments = arguments
        let (output, error) = (Pipe.unshared(), Pipe.unshared())
        process.standardOutput = output
        process.standardError = error
        try process.begin()
        Thread.detachNewThread { self.listen(to: output.fileHandleForReading) }
        Thread.detachNewThread { self.hear(error.fileHandleForReading) }
    }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var complaints: String { condition.withLock { String(decoding: complained, as: UTF8.self) } }

    /// The lines that it has said with this word at their start.
    func lines(_ word: String) -> [String] { condition.withLock { said.filter { $0.hasPrefix(word) } } }

    /// Waits until it has said so many lines that begin with this word.
    func waits(for word: String, count: Int = 1) async throws {
        let isThere = try await offPool { [self] in
            condition.withLock {
                while said.count(where: { $0.hasPrefix(word) }) < count, !isOver { condition.wait() }
                return said.count { $0.hasPrefix(word) } >= count
            }
        }
        if !isThere { throw PoolTrouble("it ended without saying \"\(word)\": \(complaints)") }
    }

    func signal(_ signal: Int32) { kill(pid, signal) }

    /// - Returns: its exit code; the negative number of the signal that ended it.
    func waitForExit() async throws -> Int32 {
        try await offPool { [process] in
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }
    }

    /// SIGKILL, if it still runs.
    func end() {
        guard process.isRunning else { return }
        kill(pid, SIGKILL)
        process.waitUntilExit()
    }

    // MARK: What the system knows of it

    var children: [Int32] { Self.processes.filter { $0.parent == pid }.map(\.pid) }

    var descriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count) ?? 0
    }

    /// The memory that it holds now.
    var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)) ?? ""
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * Int(getpagesize()) } ?? 0
    }

    /// Those that are alive, by `/proc`.
    static func alive(_ pids: [Int32]) -> [Int32] { pids.filter { pid in processes.contains { $0.pid == pid } } }

    private static var processes: [(pid: Int32, parent: Int32)] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { entry in
            guard let pid = Int32(entry),
                let text = try? String(contentsOfFile: "/proc/\(entry)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")")
            else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 1, fields[0] != "Z", let parent = Int32(fields[1]) else { return nil }
            return (pid, parent)
        }
    }

    // MARK: Listening

    private func listen(to handle: FileHandle) {
        var rest = ""
        while case let data = handle.availableData, !data.isEmpty {
            rest += String(decoding: data, as: UTF8.self)
            let lines = rest.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            rest = lines.last ?? ""
            condition.withLock {
                said += lines.dropLast()
                condition.broadcast()
            }
        }
        condition.withLock {
            isOver = true
            condition.broadcast()
        }
    }

    private func hear(_ handle: FileHandle) {
        while case let data = handle.availableData, !data.isEmpty { condition.withLock { complained += data } }
    }

    private static var executable: URL { builtProgram("PoolWorker") }
}

struct PoolTrouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Runs what blocks on a thread of its own.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

/// Looks until something is so, for a minute at most.
func eventually(_ what: String, _ isSo: @escaping @Sendable () -> Bool) async throws {
    let isThere = try await offPool {
        for _ in 0..<6000 {
            if isSo() { return true }
            usleep(10_000)
        }
        return false
    }
    if !isThere { throw PoolTrouble("never: \(what)") }
}

extension AsyncResult {
    /// What the call fails with.
    func failure() async throws -> TaskFailure {
        do {
            _ = try await get(timeout: .seconds(60))
        } catch let failure as TaskFailure {
            return failure
        }
        throw PoolTrouble("the call succeeded")
    }
}
