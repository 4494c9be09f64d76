/// One field of a ``Crontab`` as written: a text in Celery's grammar, a number, or a list of numbers.
///
/// ```swift
/// try Crontab(minute: "*/15", hour: 9, dayOfWeek: "mon-fri", dayOfMonth: [1, 15])
/// ```
public struct CronField: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, CustomStringConvertible
{
    /// Unchecked until a ``Crontab`` is made from it.
    public let text: String

    /// Every value of the field.
    public static let every = CronField("*")

    public init(_ text: String) { self.text = text }
    public init(_ values: some Sequence<Int>) { text = values.map(String.init).joined(separator: ",") }

    public init(stringLiteral value: String) { text = value }
    public init(integerLiteral value: Int) { text = String(value) }
    public init(arrayLiteral elements: Int...) { self.init(elements) }

    public var description: String { text }
}
