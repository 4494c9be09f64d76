/// The pauses between attempts to connect: none before the first attempt, then 50 ms, doubling up to 2 s.
///
/// Each pause varies by up to a quarter, so that clients that lost their server at the same moment do not all reconnect
/// at once.
struct Backoff: Sendable {
    static let longest = Duration.seconds(2)
    private var tries = 0

    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        defer { tries += 1 }
        guard tries > 0 else { return .zero }
        let pause = min(Duration.milliseconds(50) * (1 << min(tries - 1, 6)), Self.longest)
        return min(pause * Double.random(in: 0.75...1.25, using: &generator), Self.longest)
    }

    mutating func next() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    mutating func reset() { tries = 0 }
}
