import Celeriac
import Foundation

extension Duration {
    /// The duration for people: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`.
    var brief: String {
        let whole = Int(seconds)
        switch whole {
        case ..<10: return "\(Double(Int(seconds * 10)) / 10) s"
        case ..<60: return "\(whole) s"
        case ..<3600: return Self.parts(whole / 60, "min", whole % 60, "s")
        case ..<86_400: return Self.parts(whole / 3600, "h", whole % 3600 / 60, "min")
        default: return Self.parts(whole / 86_400, "d", whole % 86_400 / 3600, "h")
        }
    }

    private static func parts(_ large: Int, _ unit: String, _ small: Int, _ smallUnit: String) -> String {
        small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(smallUnit)"
    }
}

extension TimeSource {
    /// The time since this date, for people.
    func age(of date: Date) -> String { Duration.bounded(seconds: max(0, now.timeIntervalSince(date))).brief }
}
