import Celeriac
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Runs `body` with a fresh example, and leaves no process behind.
///
/// - Parameter broker: the URL of its queue; `nil` for a file of its own.
func withSignup(
    flaky: Int = 1, broker: String? = nil, _ body: (SignupUnderTest) async throws -> Void
) async throws {
    let signup = try await SignupUnderTest(flaky: flaky, broker: broker)
    do {
        try await body(signup)
    } catch {
        await signup.stop()
        throw error
    }
    await signup.stop()
}

/// The built `signup`, as processes of its own, on one queue file and one SMTP server.
final class SignupUnderTest {
    let sink: MailSink
    private let folder: TemporaryFolder
    private let broker: String?
    private var processes: [ChildProcess] = []
    private var base = URL(filePath: "/")

    fileprivate init(flaky: Int, broker: String?) async throws {
        self.broker = broker
        folder = try TemporaryFolder()
        sink = try await MailSink(in: folder, flaky: flaky)
    }

    /// Ends every process that was started.
    func stop() async {
        for process in processes { await process.stop() }
        await sink.stop()
    }

    // MARK: Processes

    /// Serves on a free port.
    func serve(_ arguments: String...) async throws -> ChildProcess {
        let process = try start(["serve"] + arguments)
        guard let line = await process.line(), let url = URL(string: String(line.split(separator: " ").last ?? ""))
        else {
            throw Place.Absent("signup did not start: \(await process.end().errors)")
        }
        base = url
        return process
    }

    /// Starts another command, and leaves it running.
    @discardableResult
    func start(_ arguments: [String]) throws -> ChildProcess {
        let log = folder.url.appending(path: "signup-\(processes.count).log")
        let process = try ChildProcess(Place.product("signup"), arguments, environment: environment, log: log)
        processes.append(process)
        return process
    }

    /// Runs another command to its end.
    func run(_ arguments: String...) async throws -> (exit: Int32, output: String, errors: String) {
        try await start(arguments).end()
    }

    private var environment: [String: String] {
        [
            "PORT": "0", "SMTP_PORT": "\(sink.port)",
            "CELERIAC_BROKER_URL": broker ?? "sqlite:///\(folder.url.path)/signup.sqlite",
        ]
    }

    // MARK: Requests

    struct Answer {
        let status: Int
        let location: String?
        let json: JSONValue
    }

    func post(_ path: String, _ body: String) async throws -> Answer {
        var request = URLRequest(url: base.appending(path: path))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(body.utf8)
        return try await answer(to: request)
    }

    func get(_ path: String) async throws -> Answer {
        try await answer(to: URLRequest(url: base.appending(path: path)))
    }

    private func answer(to request: URLRequest) async throws -> Answer {
        let (body, response) = try await URLSession.shared.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        return Answer(
            status: response.statusCode, location: response.value(forHTTPHeaderField: "Location"),
            json: (try? JSONValue(parsing: Array(body))) ?? .null
        )
    }

    // MARK: Waiting

    /// Every view of a task that differs from the one before, up to its end.
    ///
    /// Asks again and again, since there is no other way across HTTP.
    ///
    /// - Parameter isLast: ends the watch earlier; `nil` = when the task has ended.
    func views(of location: String, until isLast: ((JSONValue) -> Bool)? = nil) async throws -> [JSONValue] {
        let time = SystemTime()
        let deadline = time.uptime + .minutes(1)
        var views: [JSONValue] = []
        while time.uptime < deadline {
            let view = try await get(location).json
            if view != views.last { views.append(view) }
            if TaskState(view["state"]?.stringValue ?? "").isTerminal || isLast?(view) == true { return views }
            try await time.sleep(for: .milliseconds(20))
        }
        throw CeleriacError(.timeout, "the task did not end; last seen: \(views.last?.text ?? "nothing")")
    }
}
