import ArgumentParser
import Celeriac
import Foundation

/// A point in time as users type it: ISO 8601 with a time zone, or a duration from now.
enum MomentArgument: ExpressibleByArgument {
    case at(Date)
    case after(Duration)

    static let help = "such as 2027-01-31T08:00:00Z, or a time from now such as 90s or 2h"

    init?(argument: String) {
        if let length = DurationArgument(argument: argument) {
            self = .after(length.duration)
        } else if let date = try? Date(argument, strategy: .iso8601) {
            self = .at(date)
        } else if let date = try? Date(argument, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) {
            self = .at(date)
        } else {
            return nil
        }
    }

    func date(from now: Date) -> Date {
        switch self {
        case .at(let date): date
        case .after(let duration): now.adding(duration)
        }
    }
}
