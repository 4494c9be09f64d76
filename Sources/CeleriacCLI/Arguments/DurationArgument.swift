import ArgumentParser
import Celeriac

/// A duration as users type it: `30` or `30s`, `250ms`, `5m`, `2h`, `1d`, `1.5h`, `1h30m`, and as commands print it:
/// `3 min 20 s`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    static let help = "such as 30, 250ms, 5m, 2h or 1h30m (plain numbers are seconds)"

    private static let units: [String: Double] = [
        "ms": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400,
    ]
    private static let longest = 3_155_760_000.0

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        var rest = argument.lowercased()[...]
        var seconds = 0.0
        var used: Set<String> = []
        repeat {
            guard let number = Self.takeNumber(&rest) else { return nil }
            let unit = String(rest.prefix { $0.isLetter })
            rest = rest.dropFirst(unit.count).drop { $0 == " " }
            // A number without a unit stands alone.
            guard !unit.isEmpty || used.isEmpty && rest.isEmpty, used.insert(unit).inserted else { return nil }
            guard let length = unit.isEmpty ? 1 : Self.units[unit] else { return nil }
            seconds += number * length
        } while !rest.isEmpty
        guard seconds <= Self.longest else { return nil }
        duration = .seconds(seconds)
    }

    /// Takes a number without a sign from the start, and the blanks after it.
    private static func takeNumber(_ text: inout Substring) -> Double? {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        text = text.dropFirst(digits.count).drop { $0 == " " }
        return Double(digits)
    }

    var defaultValueDescription: String { duration.brief }
}
