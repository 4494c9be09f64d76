#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Writes members of objects whose names need no escapes.
extension JSONWriter {
    /// Writes a key that needs no escapes.
    package mutating func member(_ name: StaticString) {
        separate()
        bytes.append(.quote)
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(.quote)
        bytes.append(.colon)
        isAfterKey()
    }

    package mutating func nullField(_ name: StaticString) {
        member(name)
        null()
    }

    package mutating func trueField(_ name: StaticString) {
        member(name)
        bool(true)
    }

    package mutating func field(_ name: StaticString, _ value: String?, orNull: Bool = false) {
        if let value {
            member(name)
            string(value)
        } else if orNull {
            nullField(name)
        }
    }

    package mutating func field(_ name: StaticString, _ value: Int?, orNull: Bool = false) {
        if let value {
            member(name)
            int(value)
        } else if orNull {
            nullField(name)
        }
    }

    /// Writes a date as plain ISO text.
    package mutating func field(_ name: StaticString, _ value: Date?, orNull: Bool = false) {
        if let value {
            member(name)
            date(value)
        } else if orNull {
            nullField(name)
        }
    }

    /// Writes a value that is JSON text already.
    package mutating func field(_ name: StaticString, text: [UInt8]?) {
        guard let text else { return }
        member(name)
        raw(text)
    }

    package mutating func date(_ value: Date) {
        separate()
        bytes.append(.quote)
        ISODate.append(value, to: &bytes)
        bytes.append(.quote)
    }
}
