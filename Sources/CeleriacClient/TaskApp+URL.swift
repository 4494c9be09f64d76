public import Configuration
public import Logging

extension TaskApp {
    /// Opens an app by URL.
    ///
    /// - Parameters:
    ///   - broker: for example `sqlite:///tasks.sqlite` (relative), `sqlite:////var/lib/app/tasks.sqlite` (absolute) or
    ///     `memory://`.
    ///   - resultBackend: the URL of the result backend; `nil` uses the broker's own store. `rpc://` sends results
    ///     through the broker, to the process that made the call: RabbitMQ only.
    ///   - schemes: the backends that a URL may name. `memory` is always available.
    ///   - options: routes, limits, middleware and the like.
    ///   - time: the clock that the app uses for everything.
    ///   - logger: the logger of the app and its workers.
    /// - Throws: `CeleriacError` with code `invalidURL`; `BrokerError` if the backend cannot be opened.
    public convenience init(
        _ broker: String, resultBackend: String? = nil, schemes: [BackendScheme], options: AppOptions = AppOptions(),
        time: any TimeSource = SystemTime(), logger: Logger = Logger(label: "celeriac")
    ) throws {
        let url = try BackendURL(broker)
        var backend = try schemes.open(url, time)
        if let resultsURL = try resultBackend.map({ try BackendURL($0) }), resultsURL != url {
            backend = backend.withResults(of: try schemes.open(resultsURL, beside: backend, time))
            backend.resultsURL = resultsURL
        }
        try self.init(backend, options: options, time: time, logger: logger)
    }

    /// Opens an app from configuration: environment, files, or any other source of the reader.
    ///
    /// | key | environment | default |
    /// |---|---|---|
    /// | `celeriac.broker.url` | `CELERIAC_BROKER_URL` | `fallback` |
    /// | `celeriac.result.backend` | `CELERIAC_RESULT_BACKEND` | the broker's own store |
    /// | `celeriac.result.expires` | `CELERIAC_RESULT_EXPIRES` | 86400, on RQ's layout 500 (seconds; 0 = forever) |
    /// | `celeriac.default.queue` | `CELERIAC_DEFAULT_QUEUE` | `celery` |
    /// | `celeriac.task.serializer` | `CELERIAC_TASK_SERIALIZER` | `json`; one of `options.accept`, or `msgpack` |
    /// | `celeriac.result.serializer` | `CELERIAC_RESULT_SERIALIZER` | `json`; one of `options.accept`, or `msgpack` |
    /// | `celeriac.message.limit` | `CELERIAC_MESSAGE_LIMIT` | 1048576 (bytes) |
    ///
    /// Configured values override `options`. On the command line, `--broker` and `--result-backend`
    /// override the configured URLs.
    ///
    /// - Parameters:
    ///   - configuration: the reader of the settings; by default it reads the environment.
    ///   - fallback: the broker's URL if none is configured; with `nil`, a missing URL throws `CeleriacError` with code
    ///     `invalidConfiguration`.
    ///   - schemes: the backends that a URL may name. `memory` is always available.
    ///   - options: the options that apply if nothing is configured.
    ///   - time: the clock that the app uses for everything.
    ///   - logger: the logger of the app and its workers.
    public convenience init(
        configuration: ConfigReader = ConfigReader(provider: EnvironmentVariablesProvider()),
        fallback: String? = nil, schemes: [BackendScheme], options: AppOptions = AppOptions(),
        time: any TimeSource = SystemTime(), logger: Logger = Logger(label: "celeriac")
    ) throws {
        let given = GivenURLs.current
        given?.noteUse()
        let readers = [configuration, given?.file].compactMap(\.self)
        func url(_ key: ConfigKey) -> String? {
            readers.lazy.compactMap { $0.string(forKey: key, isSecret: true) }.first
        }
        guard let broker = given?.broker ?? url("celeriac.broker.url") ?? fallback else {
            throw CeleriacError(
                .invalidConfiguration,
                "no broker is configured: set CELERIAC_BROKER_URL, for example to sqlite:///tasks.sqlite"
            )
        }
        try self.init(
            broker,
            resultBackend: given?.resultBackend ?? url("celeriac.result.backend"), schemes: schemes,
            options: readers.reversed().reduce(options) { try $0.merged(with: $1) }, time: time, logger: logger
        )
    }
}

extension AppOptions {
    /// - Throws: `CeleriacError` with code `invalidConfiguration` or `invalidName`.
    fileprivate func merged(with configuration: ConfigReader) throws -> AppOptions {
        var options = self
        if let queue = configuration.string(forKey: "celeriac.default.queue") {
            options.defaultQueue = try QueueName(queue)
        }
        if let seconds = try configuration.wholeNumber("celeriac.result.expires", in: 0...3_155_760_000) {
            options.resultExpiry = seconds == 0 ? .never : .seconds(seconds)
        }
        if let bytes = try configuration.wholeNumber("celeriac.message.limit", in: 1024...MessageLimits.hardBodyBytes) {
            options.limits.bodyBytes = bytes
        }
        options.taskSerializer = try serializer("celeriac.task.serializer", configuration) ?? taskSerializer
        options.resultSerializer = try serializer("celeriac.result.serializer", configuration) ?? resultSerializer
        return options
    }

    private func serializer(_ key: ConfigKey, _ configuration: ConfigReader) throws -> Serializer? {
        guard let name = configuration.string(forKey: key) else { return nil }
        if let serializer = knownSerializers.serializer(named: name) { return serializer }
        let names = Set(knownSerializers.map(\.name)).sorted().joined(separator: ", ")
        throw CeleriacError(
            .invalidConfiguration, "setting \(key) has an unknown serializer: use one of \(names)")
    }
}

extension ConfigReader {
    /// Reads a setting as text. A file may also hold a number, a truth value, or a list of texts, which is joined by
    /// commas; `nil` if it is not set.
    package func text(_ key: ConfigKey) -> String? {
        string(forKey: key) ?? int(forKey: key).map { "\($0)" } ?? bool(forKey: key).map { "\($0)" }
            ?? double(forKey: key).map { "\($0)" } ?? stringArray(forKey: key)?.joined(separator: ",")
    }

    /// Reads a setting that must be a whole number within a range; `nil` if it is not set.
    package func wholeNumber(_ key: ConfigKey, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = text(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw CeleriacError(
                .invalidConfiguration,
                "setting \(key) must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }
}

extension [BackendScheme] {
    /// Opens a result backend.
    fileprivate func open(
        _ url: BackendURL, beside broker: Backend, _ time: any TimeSource
    ) throws -> Backend {
        guard let open = lazy.compactMap({ $0.beside[url.scheme] }).first else { return try open(url, time) }
        return Backend(broker: broker.broker, results: try open(url, broker, time))
    }

    fileprivate func open(_ url: BackendURL, _ time: any TimeSource) throws -> Backend {
        let schemes = self + [.memory]
        guard let scheme = schemes.first(where: { $0.names.contains(url.scheme) }) else {
            if contains(where: { $0.beside[url.scheme] != nil }) {
                throw url.refusal("is a result backend that works through a broker: name the broker by its own URL")
            }
            if url.scheme == "rpc" {
                throw url.refusal(
                    "sends results through RabbitMQ, which this program does not know: import CeleriacRabbitMQ, add the scheme "
                        + ".rabbitMQ and use an amqp:// broker, or use another result backend such as redis://localhost:6379/0"
                )
            }
            let known = Set(schemes.flatMap(\.names)).sorted().joined(separator: ", ")
            throw CeleriacError(
                .invalidURL,
                "no backend has the scheme \(url.scheme)://; this program knows \(known). Import the backend's module and add "
                    + "its scheme"
            )
        }
        var backend = try scheme.open(url, time)
        backend.url = url
        backend.resultsURL = backend.results == nil ? nil : url
        return backend
    }
}
