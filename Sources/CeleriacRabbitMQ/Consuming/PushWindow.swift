/// How many deliveries a subscription asks for beyond the slots of its worker, so that the next messages have arrived
/// when slots become free.
///
/// It is the number of messages that the worker settles in 10 ms: none for long tasks, some for short ones. What
/// arrives and is not claimed in time goes back to the queue, and the window closes.
struct PushWindow: Sendable {
    static let span = Duration.milliseconds(10)
    static let largest = 1_024
    /// The rate is measured over so long at least, and a pause of that length begins a new measurement.
    private static let period = Duration.milliseconds(50)

    private(set) var size = 0
    private var settled = 0
    private var start = Duration.zero
    private var last = Duration.zero

    /// Notes that messages were settled at this uptime.
    ///
    /// - Returns: whether the size has changed.
    mutating func note(settled count: Int, at now: Duration) -> Bool {
        defer { last = now }
        guard now - last < Self.period else {
            (settled, start) = (0, now)
            return false
        }
        settled += count
        guard now - start >= Self.period else { return false }
        let wanted = min(Self.largest, Int(Double(settled) * (Self.span / (now - start))))
        (settled, start) = (0, now)
        return adopt(wanted)
    }

    /// Closes the window: what had arrived was not claimed in time.
    mutating func close() { self = PushWindow() }

    /// A change costs a new consumer, so small ones are left out.
    private mutating func adopt(_ wanted: Int) -> Bool {
        guard wanted > size + size / 2 + 4 || wanted < size / 4 else { return false }
        size = wanted
        return true
    }
}
