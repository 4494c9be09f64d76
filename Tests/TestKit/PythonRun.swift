import Foundation
import Synchronization

/// A script of Python's in a process of its own. Its output goes into a file, so that nobody has to empty a pipe.
public final class PythonRun: Sendable {
    private let process: Mutex<Process>
    private let folder: URL
    private let end: AsyncStream<Int32>

    /// - Parameter program: the path of Python.
    public init(_ script: String, program: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "celeriac-python-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = folder.appending(path: "output")
        try Data().write(to: output)
        try script.write(to: folder.appending(path: "script.py"), atomically: true, encoding: .utf8)
        let (end, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.end = end
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["script.py"]
        process.currentDirectoryURL = folder
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        try process.begin()
        self.process = Mutex(process)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Waits for its end.
    ///
    /// - Returns: what it printed.
    /// - Throws: ``PythonFailure`` if it has failed.
    public func output() async throws -> String {
        var status: Int32 = -1
        for await end in end { status = end }
        let text = try String(contentsOf: folder.appending(path: "output"), encoding: .utf8)
        guard status == 0 else { throw PythonFailure(description: "python ended with \(status): \(text)") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// SIGKILL.
    public func stop() {
        process.withLock { process in
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }
}

/// A script ended with another status than 0.
public struct PythonFailure: Error, CustomStringConvertible {
    public let description: String
}
