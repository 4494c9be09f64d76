#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The position of the sun at an instant in seconds since 1970.
///
/// Uses the equations of NOAA's solar calculator, which are the low-accuracy ones of Jean Meeus, "Astronomical
/// Algorithms", chapters 25 and 28: accurate to a hundredth of a degree, or some seconds of time, in the present
/// centuries.
struct Sun {
    /// The angle north of the equator, in radians.
    let declination: Double
    /// How far a sundial is ahead of a clock that shows mean solar time, in seconds.
    let equationOfTime: Double

    init(at instant: Double) {
        let century = (instant / 86_400 + 2_440_587.5 - 2_451_545) / 36_525
        let longitude = Self.radians(280.46646 + century * (36_000.76983 + 0.0003032 * century))
        let anomaly = Self.radians(357.52911 + century * (35_999.05029 - 0.0001537 * century))
        let eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
        let node = Self.radians(125.04 - 1934.136 * century)
        let obliquity = Self.obliquity(century: century, node: node)
        let apparent =
            longitude + Self.centre(anomaly: anomaly, century: century) - Self.radians(0.00569 + 0.00478 * sin(node))
        declination = asin(sin(obliquity) * sin(apparent))
        let y = tan(obliquity / 2) * tan(obliquity / 2)
        let angle =
            y * sin(2 * longitude) - 2 * eccentricity * sin(anomaly)
            + 4 * eccentricity * y * sin(anomaly) * cos(2 * longitude) - y * y * sin(4 * longitude) / 2
            - 1.25 * eccentricity * eccentricity * sin(2 * anomaly)
        equationOfTime = angle / .pi * 43_200
    }

    /// The tilt of the earth's axis, corrected for nutation.
    private static func obliquity(century: Double, node: Double) -> Double {
        let seconds = 21.448 - century * (46.815 + century * (0.00059 - century * 0.001813))
        return radians(23 + (26 + seconds / 60) / 60 + 0.00256 * cos(node))
    }

    /// The equation of the centre: how far the true sun is ahead of the mean sun on its ellipse.
    private static func centre(anomaly: Double, century: Double) -> Double {
        radians(
            sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
                + sin(2 * anomaly) * (0.019993 - 0.000101 * century) + sin(3 * anomaly) * 0.000289
        )
    }

    static func radians(_ degrees: Double) -> Double { degrees / 180 * .pi }
}
