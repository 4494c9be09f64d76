import CeleriacCore
import CeleriacRQWire
import RESPClient

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A job with everything that the script ENQUEUE needs.
struct RQPreparedJob: Sendable {
    /// What happens if the id is taken.
    enum Policy: String, Sendable {
        case overwrite = "o"
        case refuse = "u"
        /// A job that has ended is replaced.
        case refuseUnlessEnded = "t"
    }

    let id: TaskID
    let queue: QueueName
    var place: RQPlace
    var policy: Policy
    var unique: (digest: String, span: String)?
    let job: RQJob
    let fields: RQFields

    init(
        _ job: RQJob, in queue: QueueName, _ place: RQPlace, _ policy: Policy, own: [RQFields.Field] = []
    ) throws {
        try Self.check(job.id)
        id = job.id
        self.queue = queue
        self.place = place
        self.policy = policy
        self.job = job
        fields = RQFields(try job.fields().fields + own)
    }

    func append(to words: inout RESPWords) {
        words.append(id.rawValue)
        words.append(queue.rawValue)
        words.append(place.word)
        words.append(policy.rawValue)
        words.append(unique?.digest ?? "")
        words.append(unique?.span ?? "")
        words.append(job.ttl.flatMap { $0.seconds > 0 ? String($0.seconds) : nil } ?? "")
        words.append(job.groupID ?? "")
        words.append(job.rateLimitKey ?? "")
        words.append(job.rateLimitKey == nil ? "" : job.rateLimitConcurrency.map(String.init) ?? "")
        words.append(job.dependencyIDs.count)
        words.append(contentsOf: job.dependencyIDs.map(\.rawValue))
        words.append(counting: fields)
    }

    /// - Throws: ``BrokerError`` with code `refused` for an id that stops RQ's workers.
    static func check(_ id: TaskID) throws {
        guard RQJob.isValid(id) else {
            throw BrokerError(
                .refused,
                "\(String(id.rawValue.prefix(60)).debugDescription) is not a job id: RQ allows A-Z a-z 0-9 _ and -")
        }
    }
}

/// The place in its queue that a job is put into.
enum RQPlace: Sendable, Hashable {
    case back, front
    /// Not before this time.
    case due(Date)

    init(notBefore: Date?, atFront: Bool, now: Date) {
        if let notBefore, notBefore > now { self = .due(notBefore) } else { self = atFront ? .front : .back }
    }

    /// The word that the scripts read: `b`, `f`, or seconds since 1970.
    var word: String {
        switch self {
        case .back: "b"
        case .front: "f"
        case .due(let date): date.scoreText
        }
    }
}

extension Date {
    /// Seconds since 1970, with a fraction only if there is one. Never rounded down, so that the job is not due too
    /// early.
    var scoreText: String {
        let (seconds, rest) = max(0, microseconds).quotientAndRemainder(dividingBy: 1_000_000)
        guard rest > 0 else { return String(seconds) }
        let digits = String(rest)
        return "\(seconds).\(String(repeating: "0", count: 6 - digits.utf8.count))\(digits)"
    }
}
