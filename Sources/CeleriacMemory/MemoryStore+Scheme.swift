public import CeleriacCore
import Synchronization

extension BackendScheme {
    /// `memory://` and `memory://name`: a ``MemoryStore``, the same one for the same name in this process.
    ///
    /// The store uses the clock of the caller that opened it first.
    public static let memory = BackendScheme(["memory"]) { url, time in
        guard url.options.isEmpty, url.path.isEmpty || url.path == "/" else {
            throw CeleriacError(.invalidURL, "a memory:// URL may only contain a name, as in memory://name")
        }
        return Backend(NamedStores.shared.store(url.host ?? "", time))
    }
}

/// The stores that were opened by name; they live as long as the process.
private final class NamedStores: Sendable {
    static let shared = NamedStores()
    private let stores = Guarded<[String: MemoryStore]>([:])

    func store(_ name: String, _ time: any TimeSource) -> MemoryStore {
        stores.withLock { stores in
            if let store = stores[name] { return store }
            let store = MemoryStore(time: time)
            stores[name] = store
            return store
        }
    }
}
