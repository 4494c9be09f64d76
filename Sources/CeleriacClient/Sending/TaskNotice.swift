#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The content of an event about a task, before sender, clock and time are added. Pure.
///
/// The fields are Celery's: `celery/worker/request.py` and `strategy.py`.
package struct TaskNotice: Sendable, Hashable {
    package var kind: MonitorEvent.Kind
    package var fields: JSONObject

    package init(kind: MonitorEvent.Kind, fields: JSONObject) {
        self.kind = kind
        self.fields = fields
    }

    /// - Parameter call: the call's arguments, as Python shows them.
    package static func received(_ envelope: Envelope, _ call: CallText) -> TaskNotice {
        let headers = envelope.headers
        return TaskNotice(
            kind: .taskReceived,
            fields: [
                "uuid": .string(headers.id.rawValue), "name": .string(headers.shadow ?? headers.task.rawValue),
                "args": .string(call.args), "kwargs": .string(call.kwargs),
                "root_id": .text(headers.rootID?.rawValue), "parent_id": .text(headers.parentID?.rawValue),
                "retries": .integer(Int64(headers.retries)), "eta": .date(headers.eta),
                "expires": .date(headers.expires),
            ]
        )
    }

    /// The event that a sender emits.
    static func sent(_ publication: Publication, _ call: CallText) -> TaskNotice {
        let properties = publication.envelope.properties
        var notice = received(publication.envelope, call)
        notice.kind = .taskSent
        notice.fields["name"] = .string(publication.envelope.task.rawValue)
        notice.fields["queue"] = .string(publication.queue.rawValue)
        notice.fields["exchange"] = .string(properties.exchange ?? "")
        notice.fields["routing_key"] = .string(properties.routingKey ?? publication.queue.rawValue)
        return notice
    }
}

extension JSONValue {
    package static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// The date as ISO 8601 text with offset, as Celery writes it.
    package static func date(_ date: Date?) -> JSONValue { .text(date.map { ISODate.text($0) }) }
}
