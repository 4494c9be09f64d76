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

    public static func after(_ duration: Duration) -> ResultExpiry { ResultExpiry(.after(duration)) }
    public static func milliseconds(_ count: some BinaryInteger) -> ResultExpiry { after(.milliseconds(count)) }
    public static func seconds(_ count: some BinaryInteger) -> ResultExpiry { after(.seconds(count)) }
    public static func minutes(_ count: Int) -> ResultExpiry { after(.minutes(count)) }
    public static func hours(_ count: Int) -> ResultExpiry { after(.hours(count)) }
    public static func days(_ count: Int) -> ResultExpiry { after(.days(count)) }

    /// The same as ``never``.
    public init(nilLiteral: ()) { self.init(.never) }

    private init(_ kind: Kind) { self.kind = kind }

    /// Returns the expiry as a duration.
    ///
    /// - Parameter usual: the duration that ``usual`` stands for.
    /// - Returns: `nil` if results are kept forever.
    public func duration(usual: Duration) -> Duration? {
        switch kind {
        case .usual: usual
        case .never: nil
        case .after(let duration): duration
        }
    }
}
