#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Which stretches of an entry's time have been dealt with, so that no tick comes twice and none waits for a clock that was
/// wrong.
///
/// One date would do if clocks only went forward. A clock that runs ahead (a machine that starts without its time, a beat
/// beside others) deals with a tick of next year; set right, it must go on from now, and still leave out that tick when next
/// year comes. So each run of ticks that were published in turn is a span of its own:
///
/// ```
/// ──────[ dealt with ]─────────────── now ──────────────[ dealt with ahead of its time ]────
/// ```
///
/// Text: `1767225600000000-1767225660000000,…`, the spans in the order in which they were begun.
public struct DealtTicks: Sendable, Hashable {
    /// All ticks after the one date up to and with the other, in microseconds since 1970.
    struct Span: Sendable, Hashable {
        var after: Int64
        var through: Int64
    }

    /// More are only kept by clocks that jump again and again; the oldest are dropped.
    private static let most = 8

    private(set) var spans: [Span] = []

    public init() {}

    /// One tick, of which nothing more is known: what a store of an earlier version kept.
    init(_ tick: Date?) {
        if let tick { spans = [Span(after: tick.sinceEpoch - 1, through: tick.sinceEpoch)] }
    }

    // MARK: Asking

    /// The latest point up to `now` that has been dealt with, or is before the entry; `nil` where all of this lies ahead.
    func start(firstSeen: Date, now: Date) -> Date? {
        let now = now.sinceEpoch
        var starts = spans.filter { $0.after < now }.map { min($0.through, now) }
        if firstSeen.sinceEpoch <= now { starts.append(firstSeen.sinceEpoch) }
        return starts.max().map { Date(sinceEpoch: $0) }
    }

    /// Whether the latest ticks lie wholly ahead of a clock, and no beat has gone on from its own time since.
    func runAhead(of now: Date) -> Bool {
        let now = now.sinceEpoch
        guard let ahead = spans.lastIndex(where: { $0.after >= now }) else { return false }
        return !spans[(ahead + 1)...].contains { $0.after < now }
    }

    /// The end of the span that a date lies in.
    func end(ofSpanAround date: Date) -> Date? {
        let date = date.sinceEpoch
        return spans.first { $0.after < date && date <= $0.through }.map { Date(sinceEpoch: $0.through) }
    }

    // MARK: Dealing with ticks

    /// The same once all ticks after one date and up to another have been dealt with.
    func adding(after start: Date, through end: Date) -> DealtTicks {
        var dealt = self
        let new = Span(after: start.sinceEpoch, through: end.sinceEpoch)
        if let place = spans.firstIndex(where: { $0.through == new.after }) {
            dealt.spans[place].through = new.through
        } else {
            dealt.spans.append(new)
        }
        if dealt.spans.count > Self.most { dealt.spans.removeFirst() }
        return dealt
    }

    /// The same once one tick has been dealt with, and those before it have not.
    func adding(_ tick: Date) -> DealtTicks { adding(after: Date(sinceEpoch: tick.sinceEpoch - 1), through: tick) }

    /// Only what still lies ahead of a date: what another schedule of the entry must know.
    func ahead(of date: Date) -> DealtTicks {
        var dealt = self
        dealt.spans.removeAll { $0.through <= date.sinceEpoch }
        return dealt
    }

    // MARK: Text

    /// The spans as text, in the form in which stores keep them.
    public var text: String { spans.map { "\($0.after)-\($0.through)" }.joined(separator: ",") }

    /// - Returns: `nil` where the text cannot be read.
    public init?(text: some StringProtocol) {
        for word in text.split(separator: ",") {
            // Before 1970 a number has a sign of its own.
            guard let dash = word.dropFirst().firstIndex(of: "-"), let after = Int64(word[..<dash]),
                let through = Int64(word[word.index(after: dash)...]), after < through
            else { return nil }
            spans.append(Span(after: after, through: through))
        }
    }
}
