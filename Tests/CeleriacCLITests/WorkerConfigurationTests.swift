import Celeriac
import CeleriacCore
import Configuration
import Foundation
import Testing

@testable import CeleriacCLI

@Suite("worker settings from configuration")
struct WorkerConfigurationTests {
    private let line: CommandLineUnderTest

    init() throws { line = try CommandLineUnderTest(MemoryStore()) }

    private func options(_ values: [String: String]) throws -> WorkerOptions {
        try WorkerOptions(configuration: ConfigReader(provider: provider(values)))
    }

    private func provider(_ values: [String: String]) -> InMemoryProvider {
        let entries = values.map { key, value in
            (AbsoluteConfigKey(["celeriac", "worker", key]), ConfigValue(stringLiteral: value))
        }
        return InMemoryProvider(values: Dictionary(uniqueKeysWithValues: entries))
    }

    /// One value for each setting.
    private static let all = [
        "queues": "mail=3,news=1", "concurrency": "7", "pool": "processes", "autoscale": "10,3", "name": "w",
        "lease": "1 min", "shutdownLimit": "2m", "cancellationGrace": "500ms", "maxIdle": "1h", "maxTasks": "100",
        "maxTasksPerChild": "50", "maxMemoryPerChild": "200M", "memoryLimit": "1G", "control": "off",
        "taskEvents": "true",
    ]

    @Test("every setting is read")
    func reads() throws {
        let options = try options(Self.all)
        #expect(options.queues == .weighted(["mail": 3, "news": 1]) && options.pool == .processes(concurrency: 7))
        #expect(options.autoscale == 3...10 && options.name == "w" && options.lease == .minutes(1))
        #expect(options.shutdownLimit == .minutes(2) && options.cancellationGrace == .milliseconds(500))
        #expect(options.maxIdle == .hours(1) && options.maxTasks == 100 && options.children.maxTasks == 50)
        #expect(options.children.maxMemory == 200 << 20 && options.children.memoryLimit == 1 << 30)
        #expect(options.control == .off && options.sendsTaskEvents)
    }

    @Test("the page of workers lists every setting, under its name in the environment")
    func documents() throws {
        let page = URL(filePath: #filePath).appending(path: "../../../Sources/Celeriac/Documentation.docc/Workers.md")
        let text = try String(contentsOf: page.standardized, encoding: .utf8)
        let rows = text.matches(of: #/\| `(\w+)` \| `CELERIAC_WORKER_(\w+)` \|/#)
        #expect(Set(rows.map { String($0.1) }) == Set(Self.all.keys))
        for row in rows { #expect(row.1.lowercased() == row.2.replacing("_", with: "").lowercased()) }
    }

    @Test("what is not configured keeps the program's setting")
    func keeps() throws {
        let reader = ConfigReader(provider: provider([:]))
        let options = try WorkerOptions(
            configuration: reader, fallback: WorkerOptions(queues: ["mail"], concurrency: 3, lease: .minutes(2)))
        #expect(options.queues == ["mail"] && options.concurrency == 3 && options.lease == .minutes(2))
    }

    @Test(
        "a wrong value is refused, and the setting named",
        arguments: [
            ("queues", "a,a"), ("concurrency", "0"), ("concurrency", "many"), ("pool", "threads"), ("autoscale", "1,2"),
            ("lease", "soon"), ("maxTasks", "-1"), ("maxMemoryPerChild", "200"), ("control", "some"),
            ("taskEvents", "yes"), ("maxTasks", "9223372036854775807"),
        ])
    func refuses(name: String, value: String) {
        let error = #expect(throws: CeleriacError.self) { try options([name: value]) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("celeriac.worker.\(name) must be") == true)
    }

    /// Runs `worker --burst` with three calls waiting.
    ///
    /// - Returns: how many of them it ran.
    private func work(_ arguments: [String], environment: [String: String] = [:]) async throws -> Int? {
        for _ in 0..<3 { try await line.app.send("tasks.add", args: [1, 1]) }
        let given = BrokerArguments(["worker", "--burst", "--json", "-c", "1"] + arguments)
        let app = line.app
        var session = CommandSession { _ in app }
        session.given = given
        session.environment = provider(environment)
        let outcome = await CommandLineUnderTest.run(given.rest, in: session)
        #expect(outcome.exit == 0, "\(outcome.err)")
        return try outcome.json["processed"]?.intValue
    }

    private func file(_ text: String) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appending(path: "celeriac-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: file)
        return file
    }

    @Test("an option comes before the environment, and that before the file")
    func ranks() async throws {
        let file = try file(#"{"celeriac": {"worker": {"maxTasks": 1}}}"#)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try await work(["--config", file.path]) == 1)
        #expect(try await work(["--config", file.path], environment: ["maxTasks": "2"]) == 2)
        #expect(try await work(["--config", file.path, "--max-tasks", "4"], environment: ["maxTasks": "2"]) == 4)
    }

    @Test("the file may hold the broker's URL, numbers and lists")
    func readsFile() async throws {
        let file = try file(
            #"{"celeriac": {"broker": {"url": "memory://of-the-file"}, "worker": {"queues": ["mail", "news"]}}}"#)
        defer { try? FileManager.default.removeItem(at: file) }
        var session = CommandSession { logger in
            try TaskApp(
                configuration: ConfigReader(provider: InMemoryProvider(values: [:])), fallback: "memory://fallback",
                schemes: [], logger: logger)
        }
        session.given = BrokerArguments(["report", "--json", "--config=\(file.path)"])
        let outcome = await CommandLineUnderTest.run(session.given.rest, in: session)
        #expect(try outcome.json["broker"] == "memory://of-the-file")
        let reader = ConfigReader(provider: try await FileProvider<JSONSnapshot>(config: Self.naming(file)))
        #expect(try WorkerOptions(configuration: reader).queues == ["mail", "news"])
    }

    private static func naming(_ file: URL) -> ConfigReader {
        ConfigReader(provider: InMemoryProvider(values: ["filePath": ConfigValue(stringLiteral: file.path)]))
    }

    @Test("a file that is missing or is no JSON is refused with 78, and named", arguments: [nil, "{half"])
    func refusesFile(text: String?) async throws {
        let file = try text.map(file) ?? URL(filePath: "/no/such/file.json")
        defer { try? FileManager.default.removeItem(at: file) }
        var session = CommandSession { _ in throw CancellationError() }
        session.given = BrokerArguments(["worker", "--config", file.path])
        let outcome = await CommandLineUnderTest.run(session.given.rest, in: session)
        #expect(outcome.exit == 78)
        #expect(outcome.err.contains(file.path))
    }

    @Test("the help of worker says where else its settings come from")
    func helps() async {
        let help = await line.run("worker", "--help").out
        #expect(help.contains("CELERIAC_WORKER_MAX_TASKS") && help.contains("--config"))
    }
}
