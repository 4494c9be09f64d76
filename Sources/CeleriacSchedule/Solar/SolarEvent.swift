/// A daily event of the sun, with Celery's names (`schedules.py`, `solar`).
public enum SolarEvent: String, Sendable, Hashable, Codable, CaseIterable {
    /// The sun's centre rises above 18 degrees below the horizon.
    case dawnAstronomical = "dawn_astronomical"
    /// The sun's centre rises above 12 degrees below the horizon.
    case dawnNautical = "dawn_nautical"
    /// The sun's centre rises above 6 degrees below the horizon.
    case dawnCivil = "dawn_civil"
    /// The sun's upper edge appears above the horizon.
    case sunrise
    /// The sun reaches its highest point.
    case solarNoon = "solar_noon"
    /// The sun's upper edge disappears below the horizon.
    case sunset
    /// The sun's centre sinks to 6 degrees below the horizon.
    case duskCivil = "dusk_civil"
    /// The sun's centre sinks to 12 degrees below the horizon.
    case duskNautical = "dusk_nautical"
    /// The sun's centre sinks to 18 degrees below the horizon.
    case duskAstronomical = "dusk_astronomical"

    /// The motion of the sun at the event.
    enum Motion { case rising, highest, setting }

    var motion: Motion {
        switch self {
        case .dawnAstronomical, .dawnNautical, .dawnCivil, .sunrise: .rising
        case .solarNoon: .highest
        case .sunset, .duskCivil, .duskNautical, .duskAstronomical: .setting
        }
    }

    /// The altitude of the sun's centre at the event, in degrees above the horizon; unused for noon.
    ///
    /// At sunrise and sunset: 34 minutes of arc for refraction by the air, and 16 for the sun's radius.
    var altitude: Double {
        switch self {
        case .dawnAstronomical, .duskAstronomical: -18
        case .dawnNautical, .duskNautical: -12
        case .dawnCivil, .duskCivil: -6
        case .sunrise, .sunset: -50.0 / 60
        case .solarNoon: 0
        }
    }
}
