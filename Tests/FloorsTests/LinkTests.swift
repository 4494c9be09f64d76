import Foundation
import TestKit
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
        let program = try Data(contentsOf: builtProgram("ClientOnly"))
        #expect(program.contains("14CeleriacClient"))
        for name in Self.worker { #expect(!program.contains(name), "ClientOnly contains \(name)") }
    }

    @Test("the same search finds all of these in a program that runs tasks", arguments: worker)
    func control(name: String) throws {
        #expect(try Data(contentsOf: builtProgram("PoolWorker")).contains(name))
    }

    @Test("a program that imports only the client sends a call")
    func sends() throws {
        let process = Process()
        let output = Pipe.unshared()
        process.executableURL = builtProgram("ClientOnly")
        process.standardOutput = output
        try process.begin()
        process.waitUntilExit()
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "PENDING\n")
    }
}

extension Data {
    fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
