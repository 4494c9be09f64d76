/// Which of the priorities on a wire is served first.
public enum PriorityOrder: Sendable, Hashable {
    /// 9 is served first, as ``CallPriority`` counts and as RabbitMQ does.
    case highFirst
    /// 0 is served first and 9 last, as on Celery's Redis.
    case lowFirst

    /// A signature's option `priority`, from the wire's count to that of ``CallPriority`` or back.
    ///
    /// Numbers outside of 0 to 9 come back as they were; whatever is not a whole number stays as it is.
    package func turned(_ value: JSONValue) -> JSONValue {
        guard self == .lowFirst, let number = value.intValue else { return value }
        let (turned, overflows) = 9.subtractingReportingOverflow(number)
        return overflows ? value : .integer(Int64(turned))
    }
}
