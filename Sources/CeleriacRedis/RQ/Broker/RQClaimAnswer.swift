import CeleriacCore
import CeleriacWire
import RESPClient

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the script CLAIM answers.
struct RQClaimAnswer: Sendable {
    struct Job: Sendable {
        let queue: QueueName
        let id: TaskID
        let execution: String
        let isRevoked: Bool
        /// As it was before the claim.
        let fields: RQFields
    }

    var now = Date(timeIntervalSince1970: 0)
    /// When it is worth asking again; `nil` = unknown.
    var pause: Duration?
    var isSuspended = false
    var jobs: [Job] = []

    init(_ answer: RESPValue, queues: [QueueName]) {
        guard let elements = answer.elements, elements.count >= 3 else { return }
        if let time = elements[0].text.flatMap({ Int64($0) }) { now = Date(microseconds: time) }
        pause = elements[1].integer.flatMap { $0 < 0 ? nil : .microseconds($0) }
        isSuspended = elements[2].integer == 1
        jobs.reserveCapacity((elements.count - 3) / 5)
        for place in stride(from: 3, to: elements.count - 4, by: 5) {
            guard let position = elements[place].integer, queues.indices.contains(Int(position) - 1),
                let id = elements[place + 1].text, let execution = elements[place + 2].text
            else { continue }
            jobs.append(
                Job(
                    queue: queues[Int(position) - 1], id: TaskID(id), execution: execution,
                    isRevoked: elements[place + 3].integer == 1, fields: RQFields(elements[place + 4])))
        }
    }
}
