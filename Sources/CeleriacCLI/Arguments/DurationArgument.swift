import ArgumentParser
import Celeriac

/// A duration as users type it: `30` or `30s`, `250ms`, `5m`, `2h`, `1d`, `1.5h`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    static let help = "such as 30, 250ms, 5m, 2h or 1d (plain numbers are seconds)"

    private static let units: [(suffix: String, seconds: Double)] = [
        ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ]
    private static let longest = 3_155_760_000.0

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        let text = argument.lowercased()
        let unit = Self.units.first { text.hasSuffix($0.suffix) } ?? ("", 1)
        guard let number = Double(text.dropLast(unit.suffix.count)), number >= 0, number * unit.seconds <= Self.longest
        else { return nil }
        duration = .seconds(number * unit.seconds)
    }

    var defaultValueDescription: String { duration.brief }
}
