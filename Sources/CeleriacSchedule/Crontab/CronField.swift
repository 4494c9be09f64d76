/// One field of a ``Crontab`` as it is written: a text of Celery's grammar, a number, or a list of numbers.
///
/// ```swift
/// try Crontab(minute: "*/15", hour: 9, dayOfWeek: "mon-fri", dayOfMonth: [1, 15])
/// ```
public struct CronField: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, CustomStringConvertible
{
    /// Not checked before a ``Crontab`` is made of it.
    public let text: String

    /// Every value there is.
    public static let every = CronField("*")

    public init(_ text: String) { self.text = text }
    public init(_ values: some Sequence<Int>) { text = values.map(String.init).joined(separator: ",") }

    public init(stringLiteral value: String) { text = value }
    public init(integerLiteral value: Int) { text = String(value) }
    public init(arrayLiteral elements: Int...) { self.init(elements) }

    public var description: String { text }
}
