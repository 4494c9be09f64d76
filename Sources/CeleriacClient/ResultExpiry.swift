/// How long states and results are kept after they were written.
///
/// ```swift
/// AppOptions(resultExpiry: .hours(1))
/// AppOptions(resultExpiry: nil)             // kept forever
/// ```
public struct ResultExpiry: Sendable, Hashable, ExpressibleByNilLiteral {
    private enum Kind: Hashable { case usual, never, after(Duration) }

    private let kind: Kind

    /// One day, as in Celery; 500 seconds on RQ's layout, as in RQ.
    public static let usual = ResultExpiry(.usual)
    /// States and results are kept forever.
    public static let never = ResultExpiry(.never)

    /// States and results are kept for a duration.
    public static func after(_ duration: Duration) -> ResultExpiry { ResultExpiry(.after(duration)) }
    /// A number of milliseconds.
    public static func milliseconds(_ count: some BinaryInteger) -> ResultExpiry { after(.milliseconds(count)) }
    /// A number of seconds.
    public static func seconds(_ count: some BinaryInteger) -> ResultExpiry { after(.seconds(count)) }
    /// A number of minutes.
    public static func minutes(_ count: Int) -> ResultExpiry { after(.minutes(count)) }
    /// A number of hours.
    public static func hours(_ count: Int) -> ResultExpiry { after(.hours(count)) }
    /// A number of days, of 24 hours each.
    public static func days(_ count: Int) -> ResultExpiry { after(.days(count)) }

    /// The same as ``never``.
    public init(nilLiteral: ()) { self.init(.never) }

    private init(_ kind: Kind) { self.kind = kind }

    /// Returns the expiry as a duration.
    ///
    /// - Parameter usual: the duration that ``usual`` stands for.
    /// - Returns: `nil` if results are kept forever.
    package func duration(usual: Duration) -> Duration? {
        switch kind {
        case .usual: usual
        case .never: nil
        case .after(let duration): duration
        }
    }
}
