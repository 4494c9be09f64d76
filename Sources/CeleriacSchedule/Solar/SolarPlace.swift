#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A place on the earth from which the sun is observed.
struct SolarPlace: Hashable, Sendable {
    /// In degrees; north and east are positive.
    let latitude, longitude: Double

    static func isValid(latitude: Double, longitude: Double) -> Bool {
        (-90...90).contains(latitude) && (-180...180).contains(longitude)
    }

    /// The next time of an event after an instant, in seconds since 1970.
    ///
    /// Days without the event, in the polar day or night, are skipped.
    ///
    /// - Returns: `nil` if the event does not happen within a year.
    func next(_ event: SolarEvent, after instant: Int) -> Int? {
        let today = Int(((Double(instant) + longitude * 240) / 86_400).rounded(.down))
        for day in today - 1...today + 367 {
            if let time = time(of: event, onDay: day), time > instant { return time }
        }
        return nil
    }

    /// - Parameter day: days since 1970, in the mean solar time of the place.
    private func time(of event: SolarEvent, onDay day: Int) -> Int? {
        let noon = noon(ofDay: day)
        switch event.motion {
        case .highest: return Int(noon.rounded())
        case .rising: return crossing(of: event.altitude, from: noon - 43_200, to: noon)
        case .setting: return crossing(of: event.altitude, from: noon + 43_200, to: noon)
        }
    }

    private func noon(ofDay day: Int) -> Double {
        let mean = Double(day) * 86_400 + 43_200 - longitude * 240
        let first = mean - Sun(at: mean).equationOfTime
        return mean - Sun(at: first).equationOfTime
    }

    /// When the sun crosses an altitude between its lowest and its highest point, found by bisection.
    private func crossing(of altitude: Double, from lowest: Double, to highest: Double) -> Int? {
        let target = sin(Sun.radians(altitude))
        guard sineOfAltitude(at: lowest) < target, sineOfAltitude(at: highest) >= target else { return nil }
        var (below, above) = (lowest, highest)
        while abs(above - below) > 0.25 {
            let middle = (below + above) / 2
            if sineOfAltitude(at: middle) < target { below = middle } else { above = middle }
        }
        return Int(((below + above) / 2).rounded())
    }

    func sineOfAltitude(at instant: Double) -> Double {
        let sun = Sun(at: instant)
        let hourAngle = (instant + longitude * 240 + sun.equationOfTime - 43_200) / 43_200 * .pi
        let north = Sun.radians(latitude)
        return sin(north) * sin(sun.declination) + cos(north) * cos(sun.declination) * cos(hourAngle)
    }
}
