package import CeleriacCore

/// Celery's first message protocol: the body, an object, holds what protocol 2 has in the headers.
///
/// Source: `celery/app/amqp.py`, `as_task_v1`.
package enum Protocol1 {
    /// Builds the headers from a body of protocol 1. Returns `nil` if the body is not one, or has no task or id.
    ///
    /// - Parameter extra: the message's other headers.
    package static func headers(
        of body: [UInt8], extra: JSONObject, limits: MessageLimits
    ) throws -> MessageHeaders? {
        do throws(JSONError) {
            var reader = try JSONReader(body, limits: limits.json)
            guard reader.kind() == .object else { return nil }
            var headers = MessageHeaders(id: "", task: "")
            headers.extra = extra
            try reader.beginObject()
            while let name = try reader.nextKey() { try headers.readProtocol1(name, from: &reader) }
            return headers.task.rawValue.isEmpty || headers.id.rawValue.isEmpty ? nil : headers
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .malformedMessage, "refused body of protocol 1: \(error)",
                underlying: error
            )
        }
    }

    /// The id in a body whose other members may be of any type. Returns `nil` if the body has no id, is not a JSON
    /// object, or is larger than 1 MiB.
    package static func id(in body: [UInt8]) -> String? {
        guard body.count <= mostSearchedBytes,
            var reader = try? JSONReader(body, limits: .checkedBefore), reader.kind() == .object
        else { return nil }
        return try? reader.member("id") { reader throws(JSONError) in try reader.stringOrNil() } ?? nil
    }

    /// The largest body that is searched for an id.
    static let mostSearchedBytes = 1 << 20
}

extension MessageHeaders {
    fileprivate mutating func readProtocol1(_ name: String, from reader: inout JSONReader) throws(JSONError) {
        if try reader.null() { return }
        switch name {
        case "task": task = TaskName(try reader.string())
        case "id": id = TaskID(try reader.string())
        case "retries": retries = try reader.count()
        case "eta": eta = try reader.date()
        case "expires": expires = try reader.date()
        case "taskset": group = try reader.string()
        case "timelimit": (timeLimit, softTimeLimit) = try reader.timeLimits()
        default: try reader.skip()
        }
    }
}
