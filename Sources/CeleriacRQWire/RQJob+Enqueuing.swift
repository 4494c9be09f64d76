package import CeleriacCore

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension RQJob {
    /// The timeout that RQ gives a job without one.
    package static let usualTimeout = RQSpan(seconds: 180)

    /// Creates a job as RQ's `Queue.enqueue` does: queued, with a description, and a time limit of three minutes.
    ///
    /// - Parameters:
    ///   - id: letters, digits, `_` and `-` only; RQ's clients cannot fetch jobs with other ids.
    ///   - date: the time at which it is made and enqueued.
    /// - Throws: ``CeleriacError`` with code `invalidName` for the id, or as
    ///   ``RQCall/encode(_:_:as:limits:)``.
    package init(
        id: TaskID, calling task: TaskName, _ arguments: EncodedArguments, in queue: QueueName,
        as serializer: RQSerializer,
        at date: Date, limits: MessageLimits = MessageLimits()
    ) throws {
        guard Self.isValid(id) else {
            throw CeleriacError(
                .invalidName, "\(RQFieldReader.shown(id.rawValue)) is not an RQ job id: use A-Z a-z 0-9 _ -")
        }
        self.init(id: id, data: try RQCall.encode(task, arguments, as: serializer, limits: limits))
        (status, origin, timeout) = (.queued, queue.rawValue, Self.usualTimeout)
        (createdAt, enqueuedAt) = (date, date)
        description = RQDescription.text(of: task, arguments)
    }

    /// Whether RQ accepts the id.
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
