/// Whether high or low priority numbers are served first on a wire.
public enum PriorityOrder: Sendable, Hashable {
    /// 9 is served first, as ``CallPriority`` counts and as RabbitMQ does.
    case highFirst
    /// 0 is served first and 9 last, as on Celery's Redis.
    case lowFirst

    /// Converts a signature's option `priority` from the wire's count to that of ``CallPriority`` or back.
    ///
    /// Numbers outside 0 to 9 and values that are not whole numbers are returned unchanged.
    package func turned(_ value: JSONValue) -> JSONValue {
        guard self == .lowFirst, let number = value.intValue else { return value }
        let (turned, overflows) = 9.subtractingReportingOverflow(number)
        return overflows ? value : .integer(Int64(turned))
    }
}
