import Foundation
import TestKit
import Testing

@Suite("The processes of the tests", .timeLimit(.minutes(15)))
struct LaunchTests {
    /// So many that one of them at least would be lost, if they started without our lock.
    private let count = 150

    @Test("each process is seen to end, whatever starts beside it and outlives it")
    func ends() async throws {
        let count = count
        try await withThrowingTaskGroup(of: [Process].self) { group in
            for _ in 0..<6 { group.addTask { try await offPool { try start(count, "/bin/true") } } }
            for _ in 0..<2 { group.addTask { try await offPool { try start(count, "/bin/sleep", "120") } } }
            var all: [Process] = []
            while let some = try await group.next() { all += some }
            defer { for process in all where process.isRunning { kill(process.processIdentifier, SIGKILL) } }
            while all.count(where: \.isRunning) > 2 * count { try await Task.sleep(for: .milliseconds(10)) }
            #expect(all.count(where: \.isRunning) == 2 * count)
        }
    }

    @Test("a pipe ends with its writer, whatever starts beside it and outlives it")
    func pipes() async throws {
        let count = count
        async let long = offPool { try start(count, "/bin/sleep", "120") }
        let texts = try await offPool {
            try (0..<count).map { number in
                let output = Pipe.unshared()
                let process = Process()
                process.executableURL = URL(filePath: "/bin/echo")
                process.arguments = ["\(number)"]
                process.standardOutput = output
                try process.begin()
                return try output.fileHandleForReading.readToEnd()
            }
        }
        for process in try await long { kill(process.processIdentifier, SIGKILL) }
        #expect(texts == (0..<count).map { Data("\($0)\n".utf8) })
    }

    @Test("every test starts its processes, and makes its pipes, in this way")
    func everywhere() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let paths = try #require(FileManager.default.enumerator(atPath: tests.path)).compactMap { $0 as? String }
        let other = /process\.run\(\)|[^.\w]Pipe\(\)/
        for path in paths where path.hasSuffix(".swift") && !path.hasPrefix("TestKit/") {
            let text = try String(contentsOf: tests.appending(path: path), encoding: .utf8)
            #expect(text.firstMatch(of: other) == nil, "\(path)")
        }
    }
}

private func start(_ count: Int, _ words: String...) throws -> [Process] {
    try (0..<count).map { _ in
        let process = Process()
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.begin()
        return process
    }
}
