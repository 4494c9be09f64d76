import Celeriac
import CeleriacCLI
import CeleriacSQLite
import Foundation

/// A command line whose worker is told to stop by signals: `SignalWorker <database> worker …`.
@main
struct SignalWorker {
    static func main() async {
        let words = CommandLine.arguments
        guard words.count > 2 else {
            FileHandle.standardError.write(Data("usage: SignalWorker database worker\n".utf8))
            exit(64)
        }
        // A child that never says that it is ready.
        if Worker.isChild, ProcessInfo.processInfo.environment["SIGNAL_CHILDREN_HANG"] != nil {
            while true { sleep(1000) }
        }
        await CeleriacCommand.main(name: "SignalWorker", arguments: Array(words.dropFirst(2))) { logger in
            try TaskApp("sqlite:///\(words[1])", schemes: [.sqlite], logger: logger)
        }
    }
}

/// Runs until there is a file, or it is cancelled.
@Task(name: "signal.await")
func awaitFile(_ path: String) async throws -> Int {
    while !FileManager.default.fileExists(atPath: path) { try await SystemTime().sleep(for: .milliseconds(5)) }
    return 1
}

/// Runs for ever, whoever cancels it; holds no thread.
@Task(name: "signal.ignore")
func ignoreCancellation() async { await Task { try? await SystemTime().sleep(for: .days(1)) }.value }

/// Holds a thread of the pool for ever.
@Task(name: "signal.spin")
func spin() { while true { sched_yield() } }

/// Holds a thread of its own for ever.
@Task(name: "signal.block", execution: .blocking)
func block() { while true { sleep(1000) } }
