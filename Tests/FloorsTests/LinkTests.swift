import Foundation
import Testing

/// Looks at what executables contain: a program that imports only the client links no worker.
@Suite("What is linked")
struct LinkTests {
    /// The modules that only workers need, as they appear in mangled names, and the C functions that start processes.
    private static let worker = [
        "14CeleriacWorker", "12CeleriacPool", "11CrashReport", "celeriac_spawn", "ELFSymbols", "BeatSession",
    ]

    @Test("a program that imports only the client contains no worker, pool, ELF reader or beat")
    func clientOnly() throws {
        let program = try Data(contentsOf: executable("ClientOnly"))
        #expect(program.contains("14CeleriacClient"))
        for name in Self.worker { #expect(!program.contains(name), "ClientOnly contains \(name)") }
    }

    @Test("the same search finds all of these in a program that runs tasks", arguments: worker)
    func control(name: String) throws {
        #expect(try Data(contentsOf: executable("PoolWorker")).contains(name))
    }

    @Test("a program that imports only the client sends a call")
    func sends() throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = executable("ClientOnly")
        process.standardOutput = output
        try process.run()
        process.waitUntilExit()
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "PENDING\n")
    }

    /// A program of ours, built beside the test bundle.
    private func executable(_ name: String) -> URL {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: name).path), folder.path != "/" {
            folder = folder.deletingLastPathComponent()
        }
        return folder.appending(path: name)
    }
}

extension Data {
    fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
