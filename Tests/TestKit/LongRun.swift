import Foundation

/// Tests whose numbers decide how much they show are short by default; `CELERIAC_FAULTS=full` lets them do all that
/// docs/semantics.md reports.
public enum LongRun {
    public static let isOn = ProcessInfo.processInfo.environment["CELERIAC_FAULTS"] == "full"

    public static func count(_ long: Int, short: Int) -> Int { isOn ? long : short }
}
