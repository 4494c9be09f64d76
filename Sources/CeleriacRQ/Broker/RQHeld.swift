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
    /// The fence: listed in `rq:wip` for as long as the job is ours.
    let execution: String
    let worker: String
    let startedAt: Date
    /// As it was claimed; `nil` for one that cannot be read.
    let message: RQMessage?

    var receipt: Receipt { Receipt(message: order, token: order, queue: queue) }
    /// What the job came in, and its answer goes out in.
    var serializer: RQSerializer { message?.serializer ?? .pickle }
}
