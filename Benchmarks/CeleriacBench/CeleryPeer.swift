import Foundation
import RabbitMQUnderTest

/// Measures Celery on the same servers in the same run: a prefork worker with two children that prefetch 64 tasks each.
/// Needs the Python environment of `make setup`.
struct CeleryPeer {
    let scale: Scale
    let server: RedisProcess
    let table: Table
    /// Carries the messages; `nil` for the Redis server, which keeps the results in any case.
    var rabbitMQ: RabbitMQServer?

    /// The parts that are measured; the script knows them by these names.
    enum Part: String, CaseIterable {
        case enqueue, drain, canvas

        /// The keys of the figures, each with the row of the table to compare it with.
        fileprivate var figures: [(key: String, row: String)] {
            switch self {
            case .enqueue: [("enqueue", "enqueue, one at a time")]
            case .drain: [("drain", "drain with results"), ("drain_ignored", "drain, results ignored")]
            case .canvas:
                [
                    ("chords", "chords of \(Canvases.parts) parts"),
                    ("chain_steps", "steps of chains of \(Canvases.steps)"),
                ]
            }
        }
    }

    func run(_ parts: [Part] = Part.allCases) throws {
        let script = "Benchmarks/celery_peer.py", python = ".venv/bin/python"
        guard FileManager.default.fileExists(atPath: script), FileManager.default.isExecutableFile(atPath: python)
        else {
            return print("Celery was not measured: run from the checkout after `make setup`")
        }
        try server.empty()
        let broker = rabbitMQ.map { "amqp://guest:guest@127.0.0.1:\($0.port)//" } ?? server.url
        let (name, column) = rabbitMQ == nil ? ("Redis", "redis") : ("RabbitMQ and Redis", "rabbitmq")
        let text = try output(of: [python, script, broker, server.url, "\(scale.peer)"] + parts.map(\.rawValue))
        let figures = try JSONDecoder().decode([String: Double].self, from: Data(text.utf8))
        print("| Celery 5.7, \(name), prefork 2 | /s | ours | ratio |\n|---|--:|--:|--:|")
        for (key, row) in parts.flatMap(\.figures) {
            let theirs = figures[key] ?? .nan, ours = table[row, column] ?? .nan
            print("| \(row) | \(Table.text(theirs)) | \(Table.text(ours)) | \(Table.text(ours / theirs)) |")
        }
        print("")
    }
}
