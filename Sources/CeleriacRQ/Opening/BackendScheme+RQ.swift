public import CeleriacCore
public import Logging
import RedisKit

extension BackendScheme {
    /// One Redis server, for queues and results, on RQ's layout: Python's RQ may share it.
    ///
    /// - `rq://user:password@host:port/database`, and `rqs://…` with TLS;
    /// - `rq+socket:///run/redis.sock?db=0`, or `rq+unix:///run/redis.sock?db=0`;
    /// - `rq+sentinel://one:26379;two:26379/service/database`.
    ///
    /// Options: `prefix`, `serializer` (`pickle`, `json`), `worker_name`, `abandoned` (`requeue`, `fail`), `webhooks`
    /// (`send`, `ignore`), `schedules`, `check_server` (`true`, `false`), `failure_ttl` (seconds),
    /// `waiting_connections`, `delivery_limit`, see ``RQOptions``; and the connection options, which are those of
    /// `redis://` from `db` on.
    public static let rq = BackendScheme(RQOptions.schemes.all) { url, time in
        let address = try RQAddress(url)
        return Backend(RQStore(address.configuration, options: address.options, time: time))
    }
}

extension RQStore {
    /// Opens a store by URL, as ``CeleriacCore/BackendScheme/rq`` does. It connects at the first use.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    public convenience init(
        url: String, time: any TimeSource = SystemTime(), logger: Logger = Logger(label: "celeriac.rq")
    ) throws {
        let address = try RQAddress(BackendURL(url))
        self.init(address.configuration, options: address.options, time: time, logger: logger)
    }
}
