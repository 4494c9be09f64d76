/// For how long something of a job is kept, in whole seconds: RQ's `result_ttl` and `failure_ttl`.
public struct JobLifetime: Sendable, Hashable {
    /// RQ's -1.
    public static let forever = JobLifetime(unchecked: nil)
    /// It is not kept at all.
    public static let zero = JobLifetime(.zero)

    /// `nil` = for ever.
    public let duration: Duration?

    public init(_ duration: Duration) { self.duration = duration }

    private init(unchecked duration: Duration?) { self.duration = duration }

    public static func seconds(_ count: Int) -> JobLifetime { JobLifetime(.seconds(count)) }
    public static func minutes(_ count: Int) -> JobLifetime { JobLifetime(.minutes(count)) }
    public static func hours(_ count: Int) -> JobLifetime { JobLifetime(.hours(count)) }
    public static func days(_ count: Int) -> JobLifetime { JobLifetime(.days(count)) }
}
