/// A broker and a result backend under one name, as ``BackendScheme`` opens them from a URL.
public struct Backend: Sendable {
    public var broker: any Broker
    /// `nil` = results are not kept.
    public var results: (any ResultBackend)?
    /// Where the broker was opened by URL: what a worker tells of it when asked, its password left out.
    public var url: BackendURL?
    /// The same of the result backend.
    public var resultsURL: BackendURL?

    public init(broker: any Broker, results: (any ResultBackend)?) {
        self.broker = broker
        self.results = results
    }

    /// A store that is both.
    public init(_ store: some CompletionStore) {
        broker = store
        results = store
    }
}

/// How backends of some kind are opened by URL, for example `sqlite:///var/lib/app/tasks.sqlite`.
///
/// Each backend's module adds its own as a static member: `.memory`, `.sqlite`.
public struct BackendScheme: Sendable {
    /// The schemes that it answers to, in lower case.
    public let names: [String]
    /// Throws ``BrokerError`` or ``CeleriacError`` whose text has no password.
    public let open: @Sendable (BackendURL, any TimeSource) throws -> Backend

    public init(_ names: [String], open: @escaping @Sendable (BackendURL, any TimeSource) throws -> Backend) {
        self.names = names
        self.open = open
    }
}
