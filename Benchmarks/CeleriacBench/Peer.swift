import Celeriac
import Foundation

/// Measures Huey on SQLite with its defaults, on the same disk in the same run. Needs the Python environment of `make
/// setup`.
struct Peer {
    let scale: Scale

    func run(beside table: Table) async throws {
        let script = "Benchmarks/huey_peer.py", python = ".venv/bin/python"
        guard FileManager.default.fileExists(atPath: script), FileManager.default.isExecutableFile(atPath: python)
        else {
            return print("Huey was not measured: run from the checkout after `make setup`")
        }
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = [
            script, Scratch.folder.appending(path: "huey.sqlite").path, scale.isQuick ? "2000" : "20000",
        ]
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let figures = try JSONDecoder().decode([String: Double].self, from: text)
        let ours = table["drain with results", "sqlite"] ?? .nan
        let drain = figures["drain"] ?? .nan
        print("| Huey, SQLite, 2 threads | enqueue one by one /s | drain with results /s | ours | ratio |")
        print("|---|--:|--:|--:|--:|")
        print(
            "| | \(Table.text(figures["enqueue"] ?? .nan)) | \(Table.text(drain)) | \(Table.text(ours)) | \(Table.text(ours / drain)) |\n"
        )
    }
}
