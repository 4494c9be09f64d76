import Dispatch
import Foundation
import TestKit

/// A process of ours: its lines as they come, and its end.
final class ChildProcess {
    private let process = Process()
    private let output = Pipe.unshared()
    private let input = Pipe.unshared()
    private let log: URL

    /// - Parameter log: takes standard error.
    init(_ executable: URL, _ arguments: [String], environment: [String: String] = [:], log: URL) throws {
        self.log = log
        try Data().write(to: log)
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: log)
        try process.begin()
    }

    /// Its next line of output; `nil` when there will be none.
    func line() async -> String? {
        let handle = output.fileHandleForReading
        return await Self.blocking {
            var line = Data()
            while let byte = try? handle.read(upToCount: 1), !byte.isEmpty {
                if byte[byte.startIndex] == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
                line += byte
            }
            return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
        }
    }

    /// Waits for its end, and gives everything it printed since.
    func end() async -> (exit: Int32, output: String, errors: String) {
        let handle = output.fileHandleForReading
        let rest = await Self.blocking { (try? handle.readToEnd()).flatMap { $0 } ?? Data() }
        let exit = await exit()
        let errors = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        return (exit, String(decoding: rest, as: UTF8.self), errors)
    }

    /// Asks it to end (SIGTERM), and waits until it has.
    ///
    /// - Returns: its exit code.
    @discardableResult
    func stop() async -> Int32 {
        try? input.fileHandleForWriting.close()
        if process.isRunning { process.terminate() }
        return await exit()
    }

    /// Waits for its end on a thread of its own: a test must not hold one that others need.
    private func exit() async -> Int32 {
        let process = process
        return await Self.blocking {
            process.waitUntilExit()
            return process.terminationStatus
        }
    }

    private static func blocking<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: work()) }
        }
    }
}
