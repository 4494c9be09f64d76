public import CeleriacCore
public import Logging

extension BackendScheme {
    /// One Redis server, for queues and results, on RQ's layout: Python's RQ may share it.
    ///
    /// - `rq://user:password@host:port/database`, and `rqs://…` with TLS;
    /// - `rq+socket:///run/redis.sock?db=0`, or `rq+unix:///run/redis.sock?db=0`;
    /// - `rq+sentinel://one:26379;two:26379/service/database`.
    ///
    /// Options: `prefix`, `serializer` (`pickle`, `json`), `worker_name`, `abandoned` (`requeue`, `fail`), `webhooks`
    /// (`send`, `ignore`), `schedules`, `check_server` (`true`, `false`), `failure_ttl` (seconds), `waiting_connections`,
    /// `delivery_limit`, see ``RQOptions``; and those of the
    /// connection as with ``redis``, from `db` on.
    public static let rq = BackendScheme(RedisAddress.schemesOfRQ) { url, time in
        let address = try RedisAddress(url)
        return Backend(RQStore(address.configuration, options: address.rq, time: time))
    }
}

extension RQStore {
    /// Opens a store by URL, as ``CeleriacCore/BackendScheme/rq`` does. Connects at the first use.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    public convenience init(
        url: String, time: any TimeSource = SystemTime(), logger: Logger = Logger(label: "celeriac.rq")
    ) throws {
        let address = try RedisAddress(BackendURL(url))
        self.init(address.configuration, options: address.rq, time: time, logger: logger)
    }
}
