import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Foundation
import Testing

@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker

@Suite("The ports of an app")
struct PortTests {
    private let store = MemoryStore(time: ManualTime())
    private var plain: PlainBroker { PlainBroker(store) }

    @Test("a store that is both is asked once, and has all its ports")
    func oneStore() {
        let backend = Backend(store)
        #expect(backend.completion != nil && backend.scheduleBroker != nil && backend.derivesStates)
        #expect(backend.schedule != nil && backend.chords != nil && backend.deadLetters != nil)
        #expect(backend.archive == nil && backend.resultsUpkeep == nil && backend.interimStates == [])
        #expect(Backend(broker: store, results: store).completion != nil)
    }

    @Test("what the broker lacks comes from the result backend, but for what only a broker can do")
    func twoStores() {
        let backend = Backend(broker: plain, results: MemoryStore())
        #expect(backend.schedule != nil && backend.revocations != nil && backend.directory != nil)
        #expect(backend.limiter != nil && backend.chords != nil && backend.control != nil && backend.events != nil)
        #expect(backend.archive != nil && backend.deadLetters != nil && backend.resultsUpkeep != nil)
        #expect(backend.completion == nil && backend.scheduleBroker == nil && !backend.derivesStates)
        #expect(backend.inspector == nil && backend.exchanges == nil && backend.jobs == nil)
        #expect(backend.interimStates == [.pending, .started])
    }

    @Test("where both stores have a port, it is the broker's")
    func brokerFirst() {
        let results = MemoryStore()
        let backend = Backend(broker: store, results: results)
        #expect(backend.completion == nil && backend.archive == nil)
        #expect(backend.revocations as AnyObject === store && backend.schedule as AnyObject === store)
        #expect(backend.chords as AnyObject === results)
    }

    /// A limiter that only a scheme sets.
    private struct FixedLimiter: StartLimiter {
        let start: Date?
        func reserveStart(of id: TaskID, under key: String, every interval: Duration) async throws -> Date? { start }
    }

    /// Opens stores with a limiter of its own, and without remote control.
    private static func scheme(_ store: MemoryStore, _ limiter: FixedLimiter) -> BackendScheme {
        BackendScheme(["custom"]) { _, _ in
            var backend = Backend(store)
            backend.limiter = limiter
            backend.control = nil
            return backend
        }
    }

    @Test("ports that a scheme has set stay if the results are elsewhere; the others follow the new results")
    func otherResults() async throws {
        let start = Date(timeIntervalSince1970: 7)
        let options = AppOptions(discoversTasks: false)
        let scheme = Self.scheme(store, FixedLimiter(start: start))
        let app = try TaskApp("custom://", resultBackend: "memory://results", schemes: [scheme], options: options)
        let backend = app.backend
        #expect(try await backend.limiter?.reserveStart(of: "a", under: "k", every: .seconds(1)) == start)
        #expect(backend.control == nil && backend.broker as AnyObject === store)
        let results = try #require(backend.results as? MemoryStore)
        #expect(results !== store && backend.chords as AnyObject === results && backend.completion == nil)
        #expect(backend.resultsUpkeep as AnyObject === results && backend.revocations as AnyObject === store)
        #expect(app.brokerURL?.scheme == "custom" && app.resultsURL?.scheme == "memory")
    }

    @Test("a port that came from the old results does not outlive them")
    func replacedResults() throws {
        let (old, new) = (MemoryStore(), MemoryStore())
        let backend = Backend(broker: plain, results: old).withResults(of: Backend(new))
        #expect(backend.results as AnyObject === new && backend.schedule as AnyObject === new)
        #expect(backend.revocations as AnyObject === new && backend.archive as AnyObject === new)
        #expect(backend.limiter as AnyObject === new && !backend.brokerSeesRevocations)
    }

    @Test("a flaky broker has each port of the broker within, and no other")
    func flaky() {
        let ports: [@Sendable (Backend) -> Bool] = Self.ports
        let pairs = [
            (Backend(FlakyBroker(store)), Backend(store)),
            (Backend(broker: FlakyBroker(plain)), Backend(broker: plain)),
        ]
        for (flaky, base) in pairs { #expect(ports.map { $0(flaky) } == ports.map { $0(base) }) }
    }

    private static let ports: [@Sendable (Backend) -> Bool] = [
        { $0.completion != nil }, { $0.scheduleBroker != nil }, { $0.chords != nil }, { $0.deriving != nil },
        { $0.serializing != nil }, { $0.replies != nil }, { $0.schedule != nil }, { $0.revocations != nil },
        { $0.directory != nil },
        { $0.limiter != nil }, { $0.deadLetters != nil }, { $0.archive != nil }, { $0.control != nil },
        { $0.events != nil }, { $0.exchanges != nil }, { $0.jobs != nil }, { $0.registries != nil },
        { $0.inspector != nil }, { $0.reserving != nil }, { $0.lane != nil }, { $0.orders != nil },
    ]

    // MARK: What is missing

    private func app(results: (any ResultBackend)? = nil) throws -> TaskApp {
        try TaskApp(Backend(broker: plain, results: results), options: AppOptions(discoversTasks: false))
    }

    @Test("a missing port is an error that names both stores and the setting that would bring it")
    func missing() throws {
        let app = try app()
        let schedule = #expect(throws: CeleriacError.self) { try app.timetable }
        #expect(schedule?.code == .unsupported)
        #expect(
            schedule?.message
                == "the broker (memory) and the result backend (none) of this app keep no schedule: give the app a store that "
                + "does, for example CELERIAC_RESULT_BACKEND=sqlite:///tasks.sqlite")
        let events = #expect(throws: CeleriacError.self) { try app.events() }
        #expect(events?.message.contains("carry no events") == true)
        let inspector = #expect(throws: CeleriacError.self) { try app.backend.require(.inspector) }
        #expect(inspector?.message.hasSuffix("CELERIAC_BROKER_URL=sqlite:///tasks.sqlite") == true)
    }

    @Test("to revoke without a store and without remote control is refused; with remote control alone it is broadcast")
    func revoking() async throws {
        let refused = try app()
        let error = await #expect(throws: CeleriacError.self) { try await refused.revoke(["call"]) }
        #expect(error?.code == .unsupported && error?.message.contains("keep no revocations") == true)

        var backend = Backend(broker: plain)
        backend.control = store
        let told = try TaskApp(backend, options: AppOptions(discoversTasks: false))
        let (commands, heard) = AsyncStream.makeStream(of: ControlCommand.self)
        let (listening, isListening) = AsyncStream.makeStream(of: Void.self)
        let serving = Task { [store] in
            try await store.serve(as: "w@box", isListening: { isListening.yield() }) { command in
                heard.yield(command)
                return .silence
            }
        }
        for await _ in listening { break }
        try await told.revoke(["call"], terminate: true)
        for await command in commands {
            #expect(command.name == "revoke" && command.arguments["task_id"] == ["call"])
            break
        }
        serving.cancel()
        _ = try? await serving.value
    }

    // MARK: The sources

    @Test("no source but the board and the conformance suite asks a store at run time what it is")
    func noQuestions() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let ports = try Self.portNames(in: root.appending(path: "Sources/CeleriacCore/Ports"))
        #expect(ports.isSuperset(of: ["Broker", "ResultBackend", "ScheduleStore", "LaneProvider"]))
        let stores = ["MemoryStore", "SQLiteStore", "RedisStore", "RQStore", "InProcessPool", "ProcessPool"]
        let words = ports.union(stores).sorted().joined(separator: "|")
        let question = try Regex(
            "\\b(as\\?|as!|is) +(any +)?\\(?(any +)?(\(words))\\b(?!\\.)|\\(any +(\(words))\\)\\.self")
        for target in [
            "Celeriac", "CeleriacClient", "CeleriacWorker", "CeleriacPool", "CeleriacCLI", "CeleriacTesting",
            "CeleriacTool",
        ] {
            for file in try Self.swiftFiles(in: root.appending(path: "Sources/\(target)")) {
                guard !file.path.contains("/CeleriacTesting/Conformance/") else { continue }
                for (number, line) in try String(contentsOf: file, encoding: .utf8).split(
                    separator: "\n", omittingEmptySubsequences: false
                ).enumerated() where !line.drop(while: \.isWhitespace).hasPrefix("//") {
                    #expect(line.firstMatch(of: question) == nil, "\(file.lastPathComponent):\(number + 1): \(line)")
                }
            }
        }
    }

    private static func portNames(in folder: URL) throws -> Set<String> {
        var names: Set<String> = []
        for file in try swiftFiles(in: folder) {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: /public protocol (\w+)/) {
                names.insert(String(match.1))
            }
        }
        return names
    }

    private static func swiftFiles(in folder: URL) throws -> [URL] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    }
}
