/// The statements of the store, by name. Each is a file of `Statements`, whose first comment describes its parameters and
/// its result.
enum SQL: Int, CaseIterable, Sendable {
    // Publishing
    case addQueues, holders, notify, publish, publishNew
    // Claiming
    case claim, extend, leasesOf, promote, restoreLeases, sweep
    // Gate, Audit
    case appendAudit, audit, claimers, pauseQueue, pauses, resumeQueue, trimAudit
    // Settling
    case acknowledge, complete, release, retry
    // DeadLetters
    case bury, buryLetters, deadLetterByID, deadLetters, deadLettersIn, deleteLetters, dropped, noteDropped,
        takeLetter, trim
    // Recording
    case deleteBareCalls, forgetRecords, record, records
    // Removing
    case headersOf, lastCall, purge, removeWaiting, waitingAmong
    // Reading
    case counts, delayedMessages, idsByPrefix, leasedMessages, message, position, queueNames, readyMessages,
        version
    // Directory
    case beat, generation, leave, lockGeneration, lockLimit, nextGeneration, reservation, reserve,
        revocations, revoke, setGeneration, setLimit, unreserve, unreserveAll, workers
    // Schedule
    case claimTick, deleteClaim, deleteEntry, entries, entry, isInRevision, moveTick, noteRuns, putEntry
    // Chords
    case addBodies, addChords, addExtensions, addParts, chordParts, chordProgress, claimChords, claimedChords,
        deleteChordBodies, deleteChordExtensions, deleteChordParts, deleteChords, expiredChords, launchChord,
        lockChords, saveChords
    // Mail
    case readMail, sendMail
    // Upkeep
    case expireLimits, expireMail, expireRecords, expireReservations, expireRevocations, expireWorkers,
        serverTime

    var name: String { "celeriac_\(self)" }

    var file: [UInt8] {
        switch self {
        case .addQueues: PackageResources.addQueues_sql
        case .holders: PackageResources.holders_sql
        case .notify: PackageResources.notify_sql
        case .publish: PackageResources.publish_sql
        case .publishNew: PackageResources.publishNew_sql
        case .claim: PackageResources.claim_sql
        case .extend: PackageResources.extend_sql
        case .leasesOf: PackageResources.leasesOf_sql
        case .promote: PackageResources.promote_sql
        case .restoreLeases: PackageResources.restoreLeases_sql
        case .sweep: PackageResources.sweep_sql
        case .appendAudit: PackageResources.appendAudit_sql
        case .audit: PackageResources.audit_sql
        case .claimers: PackageResources.claimers_sql
        case .pauseQueue: PackageResources.pauseQueue_sql
        case .pauses: PackageResources.pauses_sql
        case .resumeQueue: PackageResources.resumeQueue_sql
        case .trimAudit: PackageResources.trimAudit_sql
        case .acknowledge: PackageResources.acknowledge_sql
        case .complete: PackageResources.complete_sql
        case .release: PackageResources.release_sql
        case .retry: PackageResources.retry_sql
        case .bury: PackageResources.bury_sql
        case .buryLetters: PackageResources.buryLetters_sql
        case .deadLetterByID: PackageResources.deadLetterByID_sql
        case .deadLetters: PackageResources.deadLetters_sql
        case .deadLettersIn: PackageResources.deadLettersIn_sql
        case .deleteLetters: PackageResources.deleteLetters_sql
        case .dropped: PackageResources.dropped_sql
        case .noteDropped: PackageResources.noteDropped_sql
        case .takeLetter: PackageResources.takeLetter_sql
        case .trim: PackageResources.trim_sql
        case .deleteBareCalls: PackageResources.deleteBareCalls_sql
        case .forgetRecords: PackageResources.forgetRecords_sql
        case .record: PackageResources.record_sql
        case .records: PackageResources.records_sql
        case .headersOf: PackageResources.headersOf_sql
        case .lastCall: PackageResources.lastCall_sql
        case .purge: PackageResources.purge_sql
        case .removeWaiting: PackageResources.removeWaiting_sql
        case .waitingAmong: PackageResources.waitingAmong_sql
        case .counts: PackageResources.counts_sql
        case .delayedMessages: PackageResources.delayedMessages_sql
        case .idsByPrefix: PackageResources.idsByPrefix_sql
        case .leasedMessages: PackageResources.leasedMessages_sql
        case .message: PackageResources.message_sql
        case .position: PackageResources.position_sql
        case .queueNames: PackageResources.queueNames_sql
        case .readyMessages: PackageResources.readyMessages_sql
        case .version: PackageResources.version_sql
        case .beat: PackageResources.beat_sql
        case .generation: PackageResources.generation_sql
        case .leave: PackageResources.leave_sql
        case .lockGeneration: PackageResources.lockGeneration_sql
        case .lockLimit: PackageResources.lockLimit_sql
        case .nextGeneration: PackageResources.nextGeneration_sql
        case .reservation: PackageResources.reservation_sql
        case .reserve: PackageResources.reserve_sql
        case .revocations: PackageResources.revocations_sql
        case .revoke: PackageResources.revoke_sql
        case .setGeneration: PackageResources.setGeneration_sql
        case .setLimit: PackageResources.setLimit_sql
        case .unreserve: PackageResources.unreserve_sql
        case .unreserveAll: PackageResources.unreserveAll_sql
        case .workers: PackageResources.workers_sql
        case .claimTick: PackageResources.claimTick_sql
        case .deleteClaim: PackageResources.deleteClaim_sql
        case .deleteEntry: PackageResources.deleteEntry_sql
        case .entries: PackageResources.entries_sql
        case .entry: PackageResources.entry_sql
        case .isInRevision: PackageResources.isInRevision_sql
        case .moveTick: PackageResources.moveTick_sql
        case .noteRuns: PackageResources.noteRuns_sql
        case .putEntry: PackageResources.putEntry_sql
        case .addBodies: PackageResources.addBodies_sql
        case .addChords: PackageResources.addChords_sql
        case .addExtensions: PackageResources.addExtensions_sql
        case .addParts: PackageResources.addParts_sql
        case .chordParts: PackageResources.chordParts_sql
        case .chordProgress: PackageResources.chordProgress_sql
        case .claimChords: PackageResources.claimChords_sql
        case .claimedChords: PackageResources.claimedChords_sql
        case .deleteChordBodies: PackageResources.deleteChordBodies_sql
        case .deleteChordExtensions: PackageResources.deleteChordExtensions_sql
        case .deleteChordParts: PackageResources.deleteChordParts_sql
        case .deleteChords: PackageResources.deleteChords_sql
        case .expiredChords: PackageResources.expiredChords_sql
        case .launchChord: PackageResources.launchChord_sql
        case .lockChords: PackageResources.lockChords_sql
        case .saveChords: PackageResources.saveChords_sql
        case .readMail: PackageResources.readMail_sql
        case .sendMail: PackageResources.sendMail_sql
        case .expireLimits: PackageResources.expireLimits_sql
        case .expireMail: PackageResources.expireMail_sql
        case .expireRecords: PackageResources.expireRecords_sql
        case .expireReservations: PackageResources.expireReservations_sql
        case .expireRevocations: PackageResources.expireRevocations_sql
        case .expireWorkers: PackageResources.expireWorkers_sql
        case .serverTime: PackageResources.serverTime_sql
        }
    }
}
