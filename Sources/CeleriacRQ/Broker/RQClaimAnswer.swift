import CeleriacCore
import CeleriacRQWire
import RESPClient
import RedisKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The answer of the script CLAIM.
struct RQClaimAnswer: Sendable {
    struct Job: Sendable {
        let queue: QueueName
        let id: TaskID
        let execution: String
        let isRevoked: Bool
        /// The hash as it was before the claim.
        let fields: RQFields
    }

    let now: Date
    /// When it is worth asking again; `nil` if unknown.
    let pause: Duration?
    let isSuspended: Bool
    /// Keys that were skipped, see ``StrayKeys/note(_:among:)``.
    let strays: RESPValue
    /// The queues that were passed over because they are paused.
    let paused: Set<QueueName>
    private(set) var jobs: [Job] = []

    /// - Throws: ``BrokerError`` with code `connectionLost` if the answer has another form.
    init(_ answer: RESPValue, queues: [QueueName]) throws(BrokerError) {
        let script = "CLAIM"
        let elements = try answer.elements(atLeast: 5, of: script)
        guard let time = elements[0].text.flatMap({ Int64($0) }), elements.count.isMultiple(of: 5) else {
            throw .malformedAnswer(to: script)
        }
        now = Date(microseconds: time)
        pause = elements[1].integer.flatMap { $0 < 0 ? nil : .microseconds($0) }
        isSuspended = elements[2].integer == 1
        strays = elements[3]
        paused = Set(try elements[4].indices(below: queues.count, of: script).map { queues[$0] })
        jobs.reserveCapacity(elements.count / 5 - 1)
        for place in stride(from: 5, to: elements.count, by: 5) {
            let position = try elements[place].index(below: queues.count, of: script)
            guard let id = elements[place + 1].text, let execution = elements[place + 2].text else {
                throw .malformedAnswer(to: script)
            }
            jobs.append(
                Job(
                    queue: queues[position], id: TaskID(id), execution: execution,
                    isRevoked: elements[place + 3].integer == 1, fields: RQFields(elements[place + 4])))
        }
    }
}
