#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacBase
import Synchronization

/// A time zone of the IANA database, such as `Europe/Berlin`, which defines the local time of a schedule.
///
/// ```swift
/// let berlin = try Zone("Europe/Berlin")
/// berlin.offset(at: now)                      // 3600 s or 7200 s
/// ```
///
/// Its rules are read from the machine's zone files (TZif, RFC 9636), once per process: after an update of the
/// database, restart the process. ``utc`` needs no file. Zones are equal if their names are.
public struct Zone: Sendable, Hashable, CustomStringConvertible {
    /// The name, for example `America/Argentina/Ushuaia`.
    public let identifier: String
    let rules: ZoneRules

    /// Coordinated Universal Time, whose clocks never change.
    public static let utc = Zone(identifier: "UTC", rules: .utc)

    /// - Parameter identifier: the name in the IANA database; case-sensitive.
    /// - Throws: ``CeleriacError`` with code `invalidName` for a text that cannot be a zone's name, `unknownZone` if no
    ///   folder contains it, `malformedZone` if its file cannot be read. Each error says what to do.
    public init(_ identifier: String) throws(CeleriacError) {
        self = try Self.cached(identifier)
    }

    init(_ identifier: String, in folders: ZoneFolders) throws(CeleriacError) {
        self.init(identifier: identifier, rules: try folders.rules(of: identifier))
    }

    private init(identifier: String, rules: ZoneRules) {
        self.identifier = identifier
        self.rules = rules
    }

    /// How far its clocks are ahead of UTC; negative west of UTC.
    public func offset(at date: Date) -> Duration { .seconds(rules.offset(at: Instant.second(date))) }

    /// The time that its clocks show.
    func wallTime(at date: Date) -> WallTime {
        let second = Instant.second(date)
        return WallTime(seconds: second + rules.offset(at: second))
    }

    /// The instants at which its clocks show a time, the earlier one first.
    ///
    /// - Returns: one instant; none if the clocks skip the time; two if they show it twice because they are set back.
    func instants(of wallTime: WallTime) -> [Date] {
        rules.instants(of: wallTime.seconds).map { Instant.date(second: $0) }
    }

    public var description: String { identifier }

    public static func == (first: Zone, second: Zone) -> Bool { first.identifier == second.identifier }
    public func hash(into hasher: inout Hasher) { hasher.combine(identifier) }

    // MARK: Cache

    /// A machine has about 600 zones, so the cache stays small. A zone that was not found is searched again next time.
    private static let known = Guarded<[String: Zone]>(["UTC": .utc])

    private static func cached(_ identifier: String) throws(CeleriacError) -> Zone {
        if let zone = known.withLock({ $0[identifier] }) { return zone }
        let zone = try Zone(identifier, in: .standard)
        known.withLock { $0[identifier] = zone }
        return zone
    }
}

/// Encoded as its name.
extension Zone: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let identifier = try container.decode(String.self)
        do {
            try self.init(identifier)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\(error)", underlyingError: error))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(identifier)
    }
}
