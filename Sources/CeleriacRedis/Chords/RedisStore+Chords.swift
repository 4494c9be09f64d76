#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore
import CeleriacWire
import RESPClient
import RedisKit
import StoreKit

/// Chords in Celery's own keys: Python and Swift may send, run and launch each other's chords.
///
/// A chord that Python sent is known here once one of its parts was reported here. Python completes a chord that has
/// only parts of Python's.
extension RedisStore: ChordStore {
    /// - Throws: ``BrokerError``; with code `refused` if a key of a chord has another type. The other steps are still
    ///   taken.
    public func take(_ steps: [ChordStep]) async throws {
        guard !steps.isEmpty else { return }
        var words = RESPWords()
        append(steps, to: &words)
        _ = try await run(Scripts.takeSteps, words, deadline: rest)
    }

    public func claimChords(upTo limit: Int, lease: Duration) async throws -> [ClaimedChord] {
        guard limit > 0 else { return [] }
        let claim = tags.nonce()
        let words = keys.chordStems + [limit, max(lease.microseconds, 1_000), claim]
        let formats = resultFormats
        return (try await run(Scripts.claimChords, words).elements ?? []).compactMap {
            ClaimedChord($0, claim: claim, formats)
        }
    }

    /// Publishes in the same script. Messages to a fanout exchange are sent after it, and reach only current listeners.
    public func launch(_ launch: ChordLaunch) async throws -> Bool {
        let routed = try await exchanges.route(launch.publications, in: self)
        let queues = Set(routed.messages.map(\.queue))
        try await declare(queues, deadline: client.configuration.deadline)
        var words = keys.chordStems + [launch.groupID, launch.claim, routed.messages.count]
        for message in routed.messages { message.append(to: &words) }
        append(launch.changes, to: &words)
        append(launch.steps, to: &words)
        guard try await run(Scripts.launchChord, words).integer == 1 else { return false }
        wakeUps.ring(queues)
        for broadcast in routed.broadcasts { try await send(broadcast) }
        return true
    }

    public func progress(ofChord groupID: String) async throws -> ChordProgress? {
        let answer = try await run(Scripts.chordProgress, keys.chordStems + [groupID]).elements ?? []
        guard answer.count == 4 else { return nil }
        let (expected, arrived) = (answer[1].count, Int(count: answer[2].integer ?? 0))
        if answer[0].integer == 1 {
            let size = answer[3].count
            return ChordProgress(size: size, arrived: size ?? arrived, isLaunched: true)
        }
        guard expected != nil || arrived > 0 else { return nil }
        return ChordProgress(size: expected, arrived: arrived, isLaunched: false)
    }
}

// MARK: Steps as words

extension RedisStore {
    /// Appends what the scripts' `take_steps` reads.
    func append(_ steps: [ChordStep], to words: inout RESPWords) {
        words.append(steps.count)
        guard !steps.isEmpty else { return }
        words.append(contentsOf: keys.chordStems)
        for step in steps {
            switch step {
            case .open(let opening): append(opening, to: &words)
            case .extend(let groupID, let count, let id):
                words.append(contentsOf: ["e", groupID, count, id.rawValue] as RESPWords)
            case .part(let report): append(report, to: &words)
            }
        }
    }

    private func append(_ opening: ChordOpening, to words: inout RESPWords) {
        words.append(contentsOf: ["o", opening.groupID, opening.size] as RESPWords)
        words.append(opening.body)
        words.append(opening.rootID?.rawValue ?? "")
        words.append(opening.header.map { written(SavedGroup.encode($0)) } ?? [])
        words.append(span(until: opening.expires))
    }

    /// Encodes a part in the format of results. A part that this format cannot express becomes a failed part.
    private func member(of report: ChordReport) -> [UInt8] {
        let member = ChordMember.encode(report)
        guard let coder = resultFormats.written.coder else { return member }
        if let written = try? coder.bytes(ofJSON: member) { return written }
        var failed = report
        failed.result = .failure(
            TaskFailure(
                type: "EncodeError", module: "kombu.exceptions",
                message: "the result cannot be written as \(resultFormats.written)"))
        return written(ChordMember.encode(failed))
    }

    /// Encodes text that holds no values of a task; every format can express it.
    private func written(_ text: [UInt8]) -> [UInt8] {
        resultFormats.written.coder.flatMap { try? $0.bytes(ofJSON: text) } ?? text
    }

    private func append(_ report: ChordReport, to words: inout RESPWords) {
        let place = report.index.map { "\($0)" } ?? "+inf"
        words.append(contentsOf: ["p", report.groupID, place, report.id.rawValue] as RESPWords)
        words.append(member(of: report))
        words.append(report.body)
        words.append(report.rootID?.rawValue ?? "")
        words.append(span(until: report.expires))
    }
}

extension RedisKeys {
    /// The prefix of a saved group's id in its key. Celery appends `.j` and so on.
    private var groupStem: String { "\(resultPrefix)celery-taskset-meta-" }
    /// The prefix of our own keys of chords. They are stored with the results: stores that share results share chords.
    private var chordStem: String { "\(resultPrefix)celeriac." }

    /// Both prefixes, as the scripts read them.
    var chordStems: RESPWords { [groupStem, chordStem] }
}
