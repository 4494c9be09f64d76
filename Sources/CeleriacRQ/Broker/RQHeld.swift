import CeleriacCore
import CeleriacRQWire
import StoreKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A job that this process holds.
struct RQHeld: HeldDelivery {
    let consumer: Int64
    let order: Int64
    let queue: QueueName
    let id: TaskID
    /// The fence: the job is ours as long as `rq:wip` lists this execution.
    let execution: String
    let worker: String
    let startedAt: Date
    /// The message as it was claimed; `nil` if it cannot be read.
    let message: RQMessage?

    var receipt: Receipt { Receipt(message: order, token: order, queue: queue) }
    /// The serializer of the job, which its result uses as well.
    var serializer: RQSerializer { message?.serializer ?? .pickle }
}
