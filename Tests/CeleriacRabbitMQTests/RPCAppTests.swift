import CeleriacCanvas
import CeleriacClient
import CeleriacCore
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite("Apps on rpc://")
struct RPCAppTests {
    // MARK: The URL

    private func open(_ broker: String, _ results: String) throws -> TaskApp {
        try TaskApp(
            broker, resultBackend: results, schemes: [.rabbitMQ], options: AppOptions(discoversTasks: false),
            logger: .quiet)
    }

    @Test("rpc:// takes the broker's server, and its options are read")
    func url() throws {
        let app = try open("amqp://u:p@h/v", "rpc://")
        #expect(app.results is RPCResults && app.results?.transport == "rpc" && app.resultsURL?.scheme == "rpc")
        #expect(app.backend.replies != nil && app.backend.control != nil && app.backend.deadLetters == nil)
        #expect(app.backend.interimStates == [])
        let options = try RPCOptions(
            BackendURL(
                "rpc://?result_persistent=true&track_started=1&result_extended=yes&most_results=7&most_result_bytes=8&"
                    + "lifetime=9&queue_expires=10&largest_result=11"))
        #expect(options.isPersistent && options.tracksStart && options.extendedResults)
        #expect(options.mostResults == 7 && options.mostResultBytes == 8 && options.lifetime == .seconds(9))
        #expect(options.queueExpiry == .seconds(10) && options.largestResult == 11)
        #expect(options.queueExpiryMilliseconds == 10_000)
        let tracking = try open("amqp://h", "rpc://?track_started=true")
        #expect(tracking.backend.interimStates == [.started])
    }

    @Test(
        "a URL that cannot be meant is refused when the app is made, with what to use",
        arguments: [
            ("amqp://h", "rpc://other", "must name no server"), ("amqp://h", "rpc://u:hunter2@", "must name no server"),
            ("amqp://h", "rpc:///vhost", "must name no server"),
            ("amqp://h", "rpc://?colour=red", "it knows result_persistent"),
            ("amqp://h", "rpc://?most_results=0", "from 1 to"),
            ("amqp://h", "rpc://?result_persistent=2", "true or false"),
            (
                "memory://", "rpc://",
                "the broker of this app is memory: use an amqp:// broker, or leave the result backend out"
            ),
            ("rpc://", "memory://", "name the broker by its own URL"),
        ])
    func refused(broker: String, results: String, hint: String) throws {
        let error = #expect(throws: CeleriacError.self) { try open(broker, results) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test("a program that does not know RabbitMQ says what rpc:// needs")
    func unknown() {
        let error = #expect(throws: CeleriacError.self) {
            try TaskApp("memory://", resultBackend: "rpc://", schemes: [])
        }
        #expect(error?.message.contains("import CeleriacRabbitMQ") == true)
    }

    // MARK: What needs a store

    @Test("chords are refused before anything is sent, with what to do")
    func chords() async throws {
        let app = try open("amqp://127.0.0.1:1", "rpc://")
        let add = CanvasSignature.call("t.add")
        let canvases: [CanvasSignature] = [
            .chord([add, add], body: add), .chain([.group([add, add]), add]),
            .chain([add, .group([add, add]), add]), add.linked(to: .chord([add], body: add)),
        ]
        for canvas in canvases {
            let error = await #expect(throws: CeleriacError.self) { try await app.send(canvas) }
            #expect(error?.code == .unsupported)
            #expect(
                error?.message
                    == "the broker (amqp) and the result backend (rpc) of this app do not support chords: give the app a "
                    + "store that does, for example CELERIAC_RESULT_BACKEND=sqlite:///tasks.sqlite")
        }
    }

    @Test("unique calls and schedules are refused too")
    func others() async throws {
        let app = try open("amqp://127.0.0.1:1", "rpc://")
        let unique = await #expect(throws: CeleriacError.self) {
            try await app.send("t.add", options: CallOptions(unique: .untilDone))
        }
        #expect(unique?.code == .unsupported)
        let schedule = #expect(throws: CeleriacError.self) { try app.timetable }
        #expect(schedule?.message.contains("keep no schedule") == true)
    }
}
