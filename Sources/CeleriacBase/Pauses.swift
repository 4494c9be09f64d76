/// The pauses between tries of something that failed: 50 ms, doubled up to 2 s.
package struct Pauses: Sendable {
    private var pause = Duration.milliseconds(50)

    package init() {}

    package mutating func next() -> Duration {
        defer { pause = min(pause * 2, .seconds(2)) }
        return pause
    }
}
