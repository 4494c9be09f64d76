import ArgumentParser
import Celeriac

/// The remote control commands that a worker obeys; see ``ControlReach``.
enum ControlArgument: String, ExpressibleByArgument, CaseIterable {
    case full
    case readOnly = "read-only"
    case off

    init(_ reach: ControlReach) {
        switch reach {
        case .full: self = .full
        case .readOnly: self = .readOnly
        case .off: self = .off
        }
    }

    var reach: ControlReach {
        switch self {
        case .full: .full
        case .readOnly: .readOnly
        case .off: .off
        }
    }
}
