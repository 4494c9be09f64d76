#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore: StartLimiter {
    public func reserveStart(of id: TaskID, under key: String, every interval: Duration) async throws -> Date? {
        let answer = try await run(
            Scripts.reserve, keys: keys.limit(key), [virtualNow, id.rawValue, interval.microseconds])
        return answer.text.flatMap(Int64.init).map(Date.init(microseconds:))
    }
}

extension RedisKeys {
    /// STR the first free instant; ZSET id -> the reserved instant. Both in microseconds.
    func limit(_ key: String) -> [String] { [own("limit:\(key)"), own("limit.reserved:\(key)")] }
}
