import Foundation

/// Celery on the same Redis in the same run: a prefork worker with two children, prefetching 64 each. Needs the Python
/// environment of `make setup`.
struct CeleryPeer {
    let scale: Scale
    let server: RedisProcess
    let table: Table

    func run() throws {
        let script = "Benchmarks/celery_peer.py", python = ".venv/bin/python"
        guard FileManager.default.fileExists(atPath: script), FileManager.default.isExecutableFile(atPath: python)
        else {
            return print("Celery was not measured: run from the checkout after `make setup`")
        }
        try server.empty()
        let text = try output(of: [python, script, server.url, "\(scale.peer)"])
        let figures = try JSONDecoder().decode([String: Double].self, from: Data(text.utf8))
        print("| Celery 5.7, Redis, prefork 2 | /s | ours | ratio |\n|---|--:|--:|--:|")
        for (key, figure) in [
            ("enqueue", "enqueue, one at a time"), ("drain", "drain with results"),
            ("drain_ignored", "drain, results ignored"),
        ] {
            let theirs = figures[key] ?? .nan, ours = table[figure, "redis"] ?? .nan
            print("| \(figure) | \(Table.text(theirs)) | \(Table.text(ours)) | \(Table.text(ours / theirs)) |")
        }
        print("")
    }
}
