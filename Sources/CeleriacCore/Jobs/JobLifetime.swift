/// How long data of a job is kept, in whole seconds: RQ's `result_ttl` and `failure_ttl`.
public struct JobLifetime: Sendable, Hashable {
    /// Kept forever: RQ's -1.
    public static let forever = JobLifetime(unchecked: nil)
    /// Not kept at all.
    public static let zero = JobLifetime(.zero)

    /// `nil` for forever.
    public let duration: Duration?

    public init(_ duration: Duration) { self.duration = duration }

    private init(unchecked duration: Duration?) { self.duration = duration }

    public static func seconds(_ count: Int) -> JobLifetime { JobLifetime(.seconds(count)) }
    public static func minutes(_ count: Int) -> JobLifetime { JobLifetime(.minutes(count)) }
    public static func hours(_ count: Int) -> JobLifetime { JobLifetime(.hours(count)) }
    public static func days(_ count: Int) -> JobLifetime { JobLifetime(.days(count)) }
}
