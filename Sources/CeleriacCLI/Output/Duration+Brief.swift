import Celeriac
import Foundation

extension Duration {
    /// The duration for people: `12 ms`, `0.4 s`, `2 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`.
    var brief: String {
        let whole = Int(seconds)
        switch whole {
        case ..<10: return briefest
        case ..<60: return "\(whole) s"
        case ..<3600: return Self.parts(whole / 60, "min", whole % 60, "s")
        case ..<86_400: return Self.parts(whole / 3600, "h", whole % 3600 / 60, "min")
        default: return Self.parts(whole / 86_400, "d", whole % 86_400 / 3600, "h")
        }
    }

    /// Below 10 seconds; rounded down.
    private var briefest: String {
        let tenths = Int(seconds * 10)
        if tenths == 0, self != .zero { return "\(Int(seconds * 1000)) ms" }
        return tenths.isMultiple(of: 10) ? "\(tenths / 10) s" : "\(Double(tenths) / 10) s"
    }

    private static func parts(_ large: Int, _ unit: String, _ small: Int, _ smallUnit: String) -> String {
        small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(smallUnit)"
    }
}

extension TimeSource {
    /// The time since this date, for people.
    func age(of date: Date) -> String { Duration.bounded(seconds: max(0, now.timeIntervalSince(date))).brief }
}
