#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Reads and writes members of the JSON objects of messages and records: names on the wire, values of the model.
extension JSONWriter {
    /// Writes a duration in seconds, a whole number of seconds as an integer.
    package mutating func seconds(_ value: Duration?) {
        guard let value else { return null() }
        if value.components.attoseconds == 0 { int(value.components.seconds) } else { double(value.seconds) }
    }
}

extension JSONReader {
    package mutating func date() throws(JSONError) -> Date {
        let start = offset
        guard let date = ISODate.parse(try string()) else {
            throw JSONError(.typeMismatch, at: start, "expected an ISO 8601 date")
        }
        return date
    }

    package mutating func seconds() throws(JSONError) -> Duration {
        let start = offset
        let value = try double()
        // A `Duration` traps beyond its range; no real value needs thirty thousand years.
        guard (0...1e12).contains(value) else {
            throw JSONError(.typeMismatch, at: start, "expected a number of seconds from 0 to 1,000,000,000,000")
        }
        return .seconds(value)
    }

    /// Reads an integer from 0 to a billion: more than any real count, and small enough to be added to without
    /// overflow.
    package mutating func count() throws(JSONError) -> Int {
        let start = offset
        let value = try int()
        guard (0...1_000_000_000).contains(value) else {
            throw JSONError(.typeMismatch, at: start, "expected a count from 0 to 1,000,000,000")
        }
        return value
    }

    package mutating func queue() throws(JSONError) -> QueueName {
        let start = offset
        guard let name = QueueName(rawValue: try string()) else {
            throw JSONError(.typeMismatch, at: start, "expected a queue name")
        }
        return name
    }
}
