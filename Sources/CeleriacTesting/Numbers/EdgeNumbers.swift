package import CeleriacCore

/// Numbers at which arithmetic breaks. A user may write them into any field that holds a number.
package enum EdgeNumbers {
    package static let integers: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
    package static let doubles: [Double] = [1e300, -1e300, .infinity, -.infinity, .nan, 0.5]

    /// The numbers as JSON values; the last two do not fit into a signed 64-bit integer.
    package static let json: [JSONValue] =
        integers.map(JSONValue.integer) + doubles.map(JSONValue.double)
        + [.bigInteger("9223372036854775808"), .bigInteger("-9223372036854775809")]

    /// The numbers as text, for fields of hashes and arguments of a command line.
    package static let texts: [String] =
        integers.map(String.init) + ["1e300", "-1e300", "inf", "-inf", "nan", "0.5", "9223372036854775808", ""]
}
