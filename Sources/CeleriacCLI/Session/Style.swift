import Celeriac

/// The emphasis of a text on a terminal that shows colours: a code of ANSI's SGR.
enum Style: Int {
    case bold = 1
    case red = 31
    case green = 32
    case yellow = 33

    func applied(to text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }

    /// Whether colours are wanted: not if the output is no terminal or a dumb one, or if `NO_COLOR` is set
    /// (https://no-color.org).
    static func isWanted(isTerminal: Bool, _ environment: [String: String]) -> Bool {
        isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
}

extension Style {
    /// The colour of a call's state; `nil` while it waits or runs.
    init?(of state: TaskState) {
        switch state {
        case .success: self = .green
        case .failure: self = .red
        case .retry, .revoked, .rejected: self = .yellow
        default: return nil
        }
    }
}
