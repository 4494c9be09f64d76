package import CeleriacCore
import CeleriacWire

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// How one execution of a job ended: an entry of the stream `rq:results:<job>`. Source: RQ 3.0.0, `results.py`.
package struct RQResult: Sendable, Hashable {
    package enum Kind: Int, Sendable, Hashable, CaseIterable {
        case successful = 1
        case failed = 2
        /// Defined by RQ, which however writes ``failed`` for a stopped job.
        case stopped = 3
        /// The function asked for a retry itself.
        case retried = 4
        case maxRetriesExceeded = 5
    }

    package var kind: Kind
    package var workerName: String
    /// The function's return value, in the queue's serialiser; `nil` means None. See ``RQSerializer/json(of:limits:)``.
    package var returnValue: [UInt8]?
    /// The traceback.
    package var exceptionText: String?
    package var executionID: String?
    package var executionStartedAt: Date?
    package var executionEndedAt: Date?

    /// The text that RQ stores in place of a value that its serialiser refuses.
    package static let unserializable = "Unserializable return value"

    package init(_ kind: Kind, workerName: String = "") {
        self.kind = kind
        self.workerName = workerName
    }

    // MARK: The entry

    /// Reads the fields of an entry.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` or `tooLarge`, which names the field.
    package init(fields: RQFields, limits: MessageLimits = MessageLimits()) throws {
        let reader = RQFieldReader(fields, of: "a result", limits: limits)
        guard let number = try reader.integer("type") else { throw reader.refusal("type", "it is missing") }
        guard let kind = Kind(rawValue: number) else {
            throw reader.refusal("type", "\(number) is not a type of result")
        }
        self.init(kind, workerName: try reader.text("worker_name") ?? "")
        returnValue = try Self.decoded("return_value", reader)
        exceptionText = try Self.decoded("exc_string", reader).map { packed in
            String(decoding: try reader.inflated(packed, "exc_string"), as: UTF8.self)
        }
        executionID = try reader.text("execution_id")
        executionStartedAt = try reader.secondsDate("execution_started_at")
        executionEndedAt = try reader.secondsDate("execution_ended_at")
    }

    private static func decoded(_ name: String, _ reader: RQFieldReader) throws -> [UInt8]? {
        guard let text = reader.bytes(name) else { return nil }
        guard let bytes = Base64.decode(text[...]) else { throw reader.refusal(name, "it is not base64") }
        guard bytes.count <= reader.limits.resultBytes else {
            throw CeleriacError(
                .tooLarge,
                "refused the field \(name) of a result of \(bytes.count) bytes; at most \(reader.limits.resultBytes)"
            )
        }
        return bytes
    }

    /// Returns the fields of an entry, in RQ's order.
    ///
    /// - Throws: ``CeleriacError`` with code `unsupported` if zlib fails.
    package func fields() throws -> RQFields {
        var fields = RQFields()
        fields.put("type", kind.rawValue)
        fields.put("worker_name", workerName)
        fields.put(ifAny: "exc_string", try exceptionText.map { Base64.encode(try Zlib.packed(Array($0.utf8))) })
        fields.put(ifAny: "return_value", returnValue.map(Base64.encode))
        fields.put(ifAny: "execution_id", executionID)
        fields.put(ifAny: "execution_started_at", executionStartedAt.map(RQTime.seconds))
        fields.put(ifAny: "execution_ended_at", executionEndedAt.map(RQTime.seconds))
        return fields
    }

    /// The time at which an entry was made, from its id `<milliseconds since 1970>-<number>`.
    ///
    /// - Returns: `nil` if the text is not such an id.
    package static func createdAt(ofEntry id: String) -> Date? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, UInt64(parts[1]) != nil, let milliseconds = UInt64(parts[0]) else { return nil }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
