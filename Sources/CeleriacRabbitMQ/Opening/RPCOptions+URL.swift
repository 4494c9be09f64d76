import CeleriacCore
import StoreKit

extension RPCOptions {
    private static let names =
        "result_persistent, track_started, result_extended, most_results, most_result_bytes, lifetime, queue_expires and "
        + "largest_result"

    /// Reads `rpc://` with its options. It names no server: results take the broker's.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidURL`.
    init(_ url: BackendURL) throws {
        self.init()
        let isBare =
            url.host == nil && url.port == nil && url.user == nil && url.password == nil
            && (url.path.isEmpty || url.path == "/")
        guard isBare else {
            throw url.refusal("must name no server, because results go through the broker's: write rpc://")
        }
        for (name, value) in url.options.sorted(by: { $0.key < $1.key }) where try !set(name, to: value, url) {
            throw url.refusal(ofOption: name, known: Self.names)
        }
    }

    private mutating func set(_ name: String, to value: String, _ url: BackendURL) throws -> Bool {
        switch name {
        case "result_persistent": isPersistent = try url.flag(value, name)
        case "track_started": tracksStart = try url.flag(value, name)
        case "result_extended": extendedResults = try url.flag(value, name)
        case "most_results": mostResults = try url.number(value, name, 1...100_000_000)
        case "most_result_bytes": mostResultBytes = try url.number(value, name, 0...1 << 40)
        case "lifetime": lifetime = .seconds(try url.number(value, name, 1...31_536_000))
        case "queue_expires": queueExpiry = .seconds(try url.number(value, name, 1...4_233_600))
        case "largest_result": largestResult = try url.number(value, name, 1...MessageLimits.hardBodyBytes)
        default: return false
        }
        return true
    }
}
