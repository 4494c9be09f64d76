package import CeleriacCore

/// The content of a pickle as data: Python's own plain types, and nothing that runs.
///
/// A `bytearray` is read as ``bytes(_:)``, an `OrderedDict` as ``dictionary(_:)``, and a datetime's named zone as its
/// offset.
package enum PickleValue: Sendable, Hashable {
    case none
    case bool(Bool)
    case integer(Int64)
    /// The decimal digits, with sign, of an integer that does not fit into 64 bits.
    case bigInteger(String)
    case double(Double)
    case string(String)
    /// A `str` with lone surrogates.
    case illFormedString(IllFormedString)
    case bytes([UInt8])
    case list([PickleValue])
    case tuple([PickleValue])
    /// In the order in which it was written. Keys are values of any type; if keys are equal, the last entry counts.
    case dictionary([PickleEntry])
    /// In the order in which it was written, which Python does not define.
    case set([PickleValue])
    case frozenSet([PickleValue])
    // Rare and large cases are indirect so that the others stay small.

    /// `datetime.datetime`: with an offset it is a point in time, without one it is a local clock reading.
    indirect case datetime(PythonDate, PythonTime)
    indirect case date(PythonDate)
    indirect case time(PythonTime)
    indirect case timedelta(PythonDelta)
    /// `datetime.timezone`, as its offset east of UTC.
    indirect case timezone(PythonDelta)
    /// `decimal.Decimal`, with the digits that Python prints: `1.50`, `-1E+3`, `NaN`.
    case decimal(String)
    /// `uuid.UUID`, as 32 hexadecimal digits in lower case.
    case uuid(String)
}

/// One entry of a Python `dict`.
package struct PickleEntry: Sendable, Hashable {
    package var key: PickleValue
    package var value: PickleValue

    package init(_ key: PickleValue, _ value: PickleValue) {
        self.key = key
        self.value = value
    }
}

extension PickleValue {
    /// The elements of a list or a tuple: Python code that accepts one mostly accepts the other.
    var elements: [PickleValue]? {
        switch self {
        case .list(let elements), .tuple(let elements): elements
        default: nil
        }
    }

    /// The text of a `str`, lone surrogates kept.
    var text: JSONKey? {
        switch self {
        case .string(let text): JSONKey(text)
        case .illFormedString(let text): JSONKey(text)
        default: nil
        }
    }

    /// The length of the text or binary; zero for values that are no longer than a number.
    var contentBytes: Int {
        switch self {
        case .string(let text), .bigInteger(let text), .decimal(let text): text.utf8.count
        case .illFormedString(let text): text.bytes.count
        case .bytes(let bytes): bytes.count
        case .none, .bool, .integer, .double, .datetime, .date, .time, .timedelta, .timezone, .uuid: 0
        case .list, .tuple, .dictionary, .set, .frozenSet: 0
        }
    }
}
