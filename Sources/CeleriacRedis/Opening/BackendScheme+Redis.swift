public import CeleriacCore
public import Logging
import RedisKit

extension BackendScheme {
    /// One Redis server, for queues and results, on Celery's layout:
    ///
    /// - `redis://user:password@host:port/database`, and `rediss://…` with TLS;
    /// - `redis+socket:///run/redis.sock?db=0`, or `unix:///run/redis.sock?db=0`;
    /// - `sentinel://one:26379;two:26379/service/database`.
    ///
    /// Options: `prefix`, `result_prefix`, `sep`, `priority_steps` (`0,3,6,9`), `unacked_key`, `unacked_index_key`,
    /// `visibility_timeout` (seconds), `delays` (`auto`, `broker`, `worker`), `check_server`, `result_extended`,
    /// `track_started` (`true`, `false`), `waiting_connections`, `delivery_limit`, see ``RedisOptions``; `db` (or
    /// kombu's `virtual_host`), `username`, `password`, `deadline_ms`, `connect_timeout_ms`, `client_name`,
    /// `sentinel_password`; `ssl`, `ssl_cert_reqs` (`required`, `none`), `ssl_check_hostname`, `ssl_ca_certs`,
    /// `ssl_certfile`, `ssl_keyfile`.
    public static let redis = BackendScheme(RedisOptions.schemes.all) { url, time in
        let address = try RedisAddress(url)
        return Backend(RedisStore(address.configuration, options: address.options, time: time))
    }
}

extension RedisStore {
    /// Opens a store by URL, as ``CeleriacCore/BackendScheme/redis`` does. It connects at the first use.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    public convenience init(
        url: String, time: any TimeSource = SystemTime(), logger: Logger = Logger(label: "celeriac.redis")
    ) throws {
        let address = try RedisAddress(BackendURL(url))
        self.init(address.configuration, options: address.options, time: time, logger: logger)
    }
}
