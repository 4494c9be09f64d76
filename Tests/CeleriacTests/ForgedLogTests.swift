import CeleriacCore
import Celeriac
import CeleriacTesting
import Foundation
import Logging
import Testing

/// What others write into a broker ends no line of a log, and speaks to no terminal that shows it.
@Suite("Foreign text in logs")
struct ForgedLogTests {
    private static let hostile = "x\n2026-11-29 error celeriac: forged\r\u{1B}[2J\u{202E}\u{2028}"

    /// Collects lines as a handler for a stream writes them.
    private struct Collector: LogHandler {
        let journal: Journal<String>
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            journal.write("\(event.message) " + all.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " "))
        }
    }

    private let lines = Journal<String>()
    private var logger: Logger { Logger(label: "test") { [lines] _ in Collector(journal: lines) } }

    @Test("no task name, id, error or header of a message forges a line of a worker's log")
    func worker() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        let app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), time: time, logger: logger)
        _ = try app.task("fail") { (text: String) async throws -> Int in
            TaskContext.current?.logger.info("said by the task")
            throw TaskFailure(type: text, message: text)
        }
        for (number, task) in ["fail", TaskName(Self.hostile)].enumerated() {
            var headers = MessageHeaders(id: TaskID("\(number)\(Self.hostile)"), task: task)
            headers.origin = Self.hostile
            let arguments = JSONValue.array([[.string(Self.hostile)], [:], [:]])
            try await store.publish([Publication(Envelope(headers: headers, body: arguments.bytes), to: .default)])
        }
        let broken = Envelope(headers: MessageHeaders(id: "broken", task: "fail"), body: Array(Self.hostile.utf8))
        try await store.publish([Publication(broken, to: "mail \u{202E}")])
        _ = try await drain(app)
        _ = try await drain(app, WorkerOptions(queues: ["mail \u{202E}"], name: Self.hostile, burst: true))
        #expect(lines.entries.contains { $0.contains("said by the task") && $0.contains("forged") })
        #expect(lines.entries.count { $0.contains("forged") } >= 4, "\(lines.entries)")
        for line in lines.entries {
            #expect(line.unicodeScalars.allSatisfy(Self.isHarmless), "\(line.debugDescription)")
        }
    }

    @Test("metadata of every shape is escaped, a message of one's own is not")
    func shapes() throws {
        let app = try TaskApp(Backend(MemoryStore()), options: AppOptions(discoversTasks: false), logger: logger)
        var logger = app.logger
        logger[metadataKey: "kept"] = .string(Self.hostile)
        logger.info(
            "two\nlines",
            metadata: [
                "array": .array([.string(Self.hostile)]),
                "nested": ["deep": .stringConvertible(TaskName(Self.hostile))],
            ])
        let line = try #require(lines.entries.first)
        #expect(line.hasPrefix("two\nlines "))
        #expect(line.dropFirst(10).unicodeScalars.allSatisfy(Self.isHarmless), "\(line.debugDescription)")
        #expect(line.contains(#"kept=x\n2026-11-29 error celeriac: forged\r\u{1b}[2J\u{202e}\u{2028}"#))
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        ![.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
    }
}
