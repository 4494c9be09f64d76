import Foundation
import RedisUnderTest
import TestKit

/// A program that is run to its end.
struct Program {
    let exit: Int32
    let out: String
    let err: String

    /// `celeriac …`, on a broker.
    static func celeriac(_ words: String..., redis url: String) async throws -> Program {
        try await run(builtProgram("celeriac"), words, environment: ["CELERIAC_BROKER_URL": url])
    }

    static func run(_ executable: URL, _ words: [String], environment: [String: String]) async throws -> Program {
        try await offPool {
            let process = Process(), out = Pipe.unshared(), err = Pipe.unshared()
            process.executableURL = executable
            process.arguments = words
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = out
            process.standardError = err
            try process.begin()
            let printed = out.fileHandleForReading.readDataToEndOfFile()
            let noted = err.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return Program(
                exit: process.terminationStatus, out: String(decoding: printed, as: UTF8.self),
                err: String(decoding: noted, as: UTF8.self)
            )
        }
    }
}

/// Runs what blocks on a thread of its own: the pool has as many threads as the machine has cores, and all tests share it.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}
