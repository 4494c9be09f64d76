import Foundation
import RedisUnderTest
import Synchronization
import TestKit

/// A process that a test started, with what it says line by line. Its standard input stays open as long as this lives: our
/// programs end when it closes, so that none outlives a test run that was killed.
final class ChildProcess: Sendable {
    private struct State {
        var lines: [String] = []
        /// What came behind the last whole line.
        var rest = Data()
        var hasEnded = false
        var waiters: [(condition: @Sendable ([String]) -> Bool, resume: @Sendable (Bool) -> Void)] = []
    }

    let name: String
    let pid: Int32
    /// Standard output and standard error, one file, for the report of a failure.
    let logFile: URL
    private let input: FileHandle
    private let state = Mutex(State())
    private let onLine: @Sendable (String) -> Void

    /// - Parameters:
    ///   - folder: where its log is written.
    ///   - onLine: told of each line of standard output, on a thread of its own.
    init(
        _ name: String, _ executable: URL, _ arguments: [String], environment: [String: String] = [:],
        in folder: URL, onLine: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.name = name
        self.onLine = onLine
        logFile = folder.appending(path: "\(name).log")
        try Data().write(to: logFile)
        let process = Process(), output = Pipe.unshared(), input = Pipe.unshared()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: logFile)
        process.standardInput = input
        try process.begin()
        pid = process.processIdentifier
        self.input = input.fileHandleForWriting
        let reading = output.fileHandleForReading
        Thread.detachNewThread { [weak self] in
            // Not FileHandle.read(upToCount:), which waits until it has all of that.
            while case let data = reading.availableData, !data.isEmpty { self?.take(data) }
            self?.finish()
            withExtendedLifetime(process) {}
        }
    }

    deinit { kill() }

    /// What it has written to standard output so far.
    var lines: [String] { state.withLock { $0.lines } }

    /// Its last words on standard error.
    var log: String {
        let text = (try? String(contentsOf: logFile, encoding: .utf8)) ?? ""
        return String(text.suffix(3000))
    }

    func write(_ line: String) throws { try input.write(contentsOf: Data((line + "\n").utf8)) }

    /// Waits until its standard output holds such a line.
    ///
    /// - Throws: if it ends first; with its last words.
    func waitForLine(_ line: String) async throws {
        try await wait { $0.contains(line) }
    }

    func wait(until condition: @escaping @Sendable ([String]) -> Bool) async throws {
        let isFulfilled = await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLock { state in
                if condition(state.lines) { return true }
                if state.hasEnded { return false }
                state.waiters.append((condition, { continuation.resume(returning: $0) }))
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
        guard isFulfilled else { throw ChildProcessError(process: name, log: log) }
    }

    /// Waits until it is gone, by itself.
    func waitUntilGone() async throws {
        while isRunning { try await pauseBriefly() }
    }

    var isRunning: Bool { state.withLock { !$0.hasEnded } }

    func send(_ signal: Int32) { Foundation.kill(pid, signal) }

    /// SIGKILL for it and its children: the group that it leads.
    ///
    /// SIGTERM would not do: it is ignored by whoever was started by a process where a `ServiceGroup` had run.
    func kill() {
        guard isRunning else { return }
        if getpgid(pid) == pid { Foundation.kill(-pid, SIGKILL) }
        Foundation.kill(pid, SIGKILL)
    }

    private func take(_ data: Data) {
        let lines = state.withLock { state in
            state.rest.append(data)
            let parts = state.rest.split(separator: 10, omittingEmptySubsequences: false)
            state.rest = Data(parts.last ?? Data())
            return parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
        }
        for line in lines { onLine(line) }
        release { state in
            state.lines += lines
            return false
        }
    }

    private func finish() {
        release { state in
            state.hasEnded = true
            return true
        }
    }

    /// Changes the state, and resumes those whose condition came true, or all if it is over.
    private func release(_ change: (inout State) -> Bool) {
        let resumed = state.withLock { state in
            let isOver = change(&state)
            var resumed: [(@Sendable (Bool) -> Void, Bool)] = []
            state.waiters.removeAll { waiter in
                let isFulfilled = waiter.condition(state.lines)
                guard isFulfilled || isOver else { return false }
                resumed.append((waiter.resume, isFulfilled))
                return true
            }
            return resumed
        }
        for (resume, isFulfilled) in resumed { resume(isFulfilled) }
    }
}

struct ChildProcessError: Error, CustomStringConvertible {
    let process: String
    let log: String
    var description: String { "\(process) ended before its time: \(log)" }
}
