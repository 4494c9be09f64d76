/// The pauses between attempts to connect: the first one, then doubled up to the longest.
///
/// Each pause varies by up to a quarter, so that clients that lost their server at the same moment do not all reconnect
/// at once.
struct Backoff {
    private let first: Duration
    private let longest: Duration
    private var tries = 0

    /// For callers that wait: from 20 ms to 500 ms.
    static let brisk = Backoff(first: .milliseconds(20), longest: .milliseconds(500))
    /// For a listener, for which nobody waits: from 50 ms to 5 s.
    static let calm = Backoff(first: .milliseconds(50), longest: .seconds(5))

    private init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    mutating func next() -> Duration {
        defer { tries += 1 }
        let pause = min(first * (1 << min(tries, 10)), longest)
        return min(pause * Double.random(in: 0.75...1.25), longest)
    }

    mutating func reset() { tries = 0 }
}
