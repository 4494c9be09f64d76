#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacJSON

/// Encoded as an object with a `kind`; stores keep schedules in this form.
///
/// ```
/// {"kind": "every", "seconds": 300.0, "anchor": "2026-01-01T00:00:00+00:00" | absent}
/// {"kind": "crontab", "fields": "30 2 * * *", "days": "both" | "either", "zone": "Europe/Berlin"}
/// {"kind": "solar", "event": "sunset", "latitude": 52.52, "longitude": 13.41}
/// {"kind": "once", "at": "2026-01-01T00:00:00+00:00"}
/// ```
extension Schedule: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, seconds, anchor, zone, event, latitude, longitude, at
    }

    private enum Name: String, Codable { case every, crontab, solar, once }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name.rawValue, forKey: .kind)
        switch kind {
        case .every(let interval, let anchor):
            try container.encode(Double(interval) / 1e6, forKey: .seconds)
            try container.encodeIfPresent(anchor.map(ISODate.text), forKey: .anchor)
        case .crontab(let crontab, let zone):
            try crontab.encode(to: encoder)
            try container.encode(zone.identifier, forKey: .zone)
        case .solar(let event, let latitude, let longitude):
            try container.encode(event.rawValue, forKey: .event)
            try container.encode(latitude, forKey: .latitude)
            try container.encode(longitude, forKey: .longitude)
        case .once(let date): try container.encode(ISODate.text(date), forKey: .at)
        }
    }

    private var name: Name {
        switch kind {
        case .every: .every
        case .crontab: .crontab
        case .solar: .solar
        case .once: .once
        }
    }

    /// - Throws: `DecodingError`, also for a zone that this machine does not have; its text says what to do.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Name.self, forKey: .kind) {
        case .every: self = try Self.every(in: container)
        case .crontab:
            let zone = try container.decodeIfPresent(Zone.self, forKey: .zone) ?? .utc
            self = .crontab(try Crontab(from: decoder), in: zone)
        case .solar: self = try Self.solar(in: container)
        case .once: self = .once(at: try Self.date(in: container, forKey: .at))
        }
    }

    private static func every(in container: KeyedDecodingContainer<CodingKeys>) throws -> Schedule {
        let microseconds = (try container.decode(Double.self, forKey: .seconds) * 1e6).rounded()
        guard microseconds >= Double(intervals.lowerBound), microseconds <= Double(intervals.upperBound) else {
            throw error("an interval must be from a millisecond to a hundred years", container, .seconds)
        }
        let anchor = container.contains(.anchor) ? try date(in: container, forKey: .anchor) : nil
        return Schedule(.every(Int(microseconds), anchor: anchor))
    }

    private static func solar(in container: KeyedDecodingContainer<CodingKeys>) throws -> Schedule {
        let latitude = try container.decode(Double.self, forKey: .latitude)
        let longitude = try container.decode(Double.self, forKey: .longitude)
        guard SolarPlace.isValid(latitude: latitude, longitude: longitude) else {
            throw error("the latitude must be from -90 to 90, the longitude from -180 to 180", container, .latitude)
        }
        return .solar(try container.decode(SolarEvent.self, forKey: .event), latitude: latitude, longitude: longitude)
    }

    private static func date(
        in container: KeyedDecodingContainer<CodingKeys>, forKey key: CodingKeys
    ) throws -> Date {
        guard let date = ISODate.parse(try container.decode(String.self, forKey: key)) else {
            throw error("expected an ISO 8601 date", container, key)
        }
        return date
    }

    private static func error(
        _ text: String, _ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
    ) -> DecodingError {
        .dataCorruptedError(forKey: key, in: container, debugDescription: text)
    }
}
