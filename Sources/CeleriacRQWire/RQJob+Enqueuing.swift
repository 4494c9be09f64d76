package import CeleriacCore

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension RQJob {
    /// What RQ gives a job that says nothing else.
    package static let usualTimeout = RQSpan(seconds: 180)

    /// A job as RQ's `Queue.enqueue` makes it: queued, with a description, and three minutes to run.
    ///
    /// - Parameters:
    ///   - id: letters, digits, `_` and `-` only; others RQ's clients cannot fetch.
    ///   - date: when it is made and enqueued.
    /// - Throws: ``CeleriacError`` with code `invalidName` for the id, or as
    ///   ``RQCall/encode(_:_:as:limits:)``.
    package init(
        id: TaskID, calling task: TaskName, _ arguments: EncodedArguments, in queue: QueueName,
        as serializer: RQSerializer,
        at date: Date, limits: MessageLimits = MessageLimits()
    ) throws {
        guard Self.isValid(id) else {
            throw CeleriacError(
                .invalidName, "\(RQFieldReader.shown(id.rawValue)) is no id of a job of RQ's: use A-Z a-z 0-9 _ -")
        }
        self.init(id: id, data: try RQCall.encode(task, arguments, as: serializer, limits: limits))
        (status, origin, timeout) = (.queued, queue.rawValue, Self.usualTimeout)
        (createdAt, enqueuedAt) = (date, date)
        description = RQDescription.text(of: task, arguments)
    }

    /// Whether RQ takes it for an id.
    package static func isValid(_ id: TaskID) -> Bool {
        !id.rawValue.isEmpty
            && id.rawValue.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
