import Foundation

/// Tests whose numbers decide how much they show run their long form with `CELERIAC_LONG=1`.
public enum LongRun {
    public static let isOn = ProcessInfo.processInfo.environment["CELERIAC_LONG"] == "1"

    public static func count(_ long: Int, short: Int) -> Int { isOn ? long : short }
}
