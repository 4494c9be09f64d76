#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The time spans of an entry whose ticks have been handled (published or skipped), so that no tick is published twice
/// and none is delayed by a clock that was wrong.
///
/// A single date would suffice if clocks only moved forward. A clock that runs ahead (a machine that starts without the
/// correct time, one beat of several) handles a tick of next year. After the clock is corrected, the entry must
/// continue from now, and still skip that tick when next year comes. So each consecutive run of published ticks is a
/// span of its own:
///
/// ```
/// ──────[ dealt with ]─────────────── now ──────────────[ dealt with ahead of its time ]────
/// ```
///
/// Text form: `1767225600000000-1767225660000000,…`, the spans in the order in which they were begun.
public struct DealtTicks: Sendable, Hashable {
    /// All ticks after one date up to and including another, in microseconds since 1970.
    struct Span: Sendable, Hashable {
        var after: Int64
        var through: Int64
    }

    /// The most spans that are kept. Only clocks that jump repeatedly produce more; the oldest spans are dropped.
    private static let most = 8

    private(set) var spans: [Span] = []

    public init() {}

    /// A single handled tick: all that a store of an earlier version recorded.
    init(_ tick: Date?) {
        if let tick { spans = [Span(after: tick.sinceEpoch - 1, through: tick.sinceEpoch)] }
    }

    // MARK: Asking

    /// The latest date up to `now` that has been handled, or that precedes the entry; `nil` if all of these lie after
    /// `now`.
    func start(firstSeen: Date, now: Date) -> Date? {
        let now = now.sinceEpoch
        var starts = spans.filter { $0.after < now }.map { min($0.through, now) }
        if firstSeen.sinceEpoch <= now { starts.append(firstSeen.sinceEpoch) }
        return starts.max().map { Date(sinceEpoch: $0) }
    }

    /// Whether the latest ticks lie completely ahead of a clock, and no beat has continued from its own time since
    /// then.
    func runAhead(of now: Date) -> Bool {
        let now = now.sinceEpoch
        guard let ahead = spans.lastIndex(where: { $0.after >= now }) else { return false }
        return !spans[(ahead + 1)...].contains { $0.after < now }
    }

    /// The end of the span that contains a date.
    func end(ofSpanAround date: Date) -> Date? {
        let date = date.sinceEpoch
        return spans.first { $0.after < date && date <= $0.through }.map { Date(sinceEpoch: $0.through) }
    }

    // MARK: Dealing with ticks

    /// Returns a copy in which all ticks after one date up to another are handled.
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

    /// Returns a copy in which one tick is handled, but not the ticks before it.
    func adding(_ tick: Date) -> DealtTicks { adding(after: Date(sinceEpoch: tick.sinceEpoch - 1), through: tick) }

    /// Returns only the spans that reach beyond a date: those that a new schedule of the entry must know.
    func ahead(of date: Date) -> DealtTicks {
        var dealt = self
        dealt.spans.removeAll { $0.through <= date.sinceEpoch }
        return dealt
    }

    // MARK: Text

    /// The spans as text, in the form that stores keep.
    public var text: String { spans.map { "\($0.after)-\($0.through)" }.joined(separator: ",") }

    /// - Returns: `nil` if the text is malformed.
    public init?(text: some StringProtocol) {
        for word in text.split(separator: ",") {
            // A number before 1970 has a minus sign of its own.
            guard let dash = word.dropFirst().firstIndex(of: "-"), let after = Int64(word[..<dash]),
                let through = Int64(word[word.index(after: dash)...]), after < through
            else { return nil }
            spans.append(Span(after: after, through: through))
        }
    }
}
