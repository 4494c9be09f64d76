/// The statements of the hot path and of the transitions, by name. Each is a file of `Statements`, whose first comment
/// describes its parameters and its result.
///
/// Parameters are bound, and numbered from left to right.
enum SQL: Int, CaseIterable {
    // Queues
    case findQueue, addQueue, queueName
    // Publishing
    case insertCall, reviveCall, holderOfKey, insertReady, insertDelayed, setFront
    // Claiming
    case nextLapse, lapsedLeases, promotable, selectReady, deleteClaimed, deleteReady, deleteDelayed, insertLease,
        freeKey, nextDue
    // Settling
    case endLease, extendLease, deliveriesOf, leasesOf, lapsedOf, place, setPlace, deleteCall, clearMessage,
        replaceMessage
    case callID, hasGrave, hasSameGrave, buryMessage, buryLetter, takeGrave, deleteGrave, graves, deleteOldestGrave,
        noteDropped
    // Recording
    case completeCall, recordByID, recordNew, recordChildren, forgetRecord, deleteBareCall
    // Pausing, the audit log
    case pauses, pauseQueue, resumeQueue, appendAudit, replaceAudit, trimAudit
    // Sweeping
    case expiredCalls, deleteExpiredRevocations, deleteExpiredWorkers
    // Looking up, revoking, directory
    case callByID, headersOfCall, isLeased, waitingIn, lastCall, revoke, insertWorker, deleteWorker
    // The schedule
    case putEntry, deleteEntry, setGeneration, moveTick, isInRevision, noteRuns, claimTick, deleteClaim

    var text: String { Self.texts[rawValue] }

    private static let texts = allCases.map { Statements.text(of: $0.file) }

    private var file: [UInt8] {
        switch self {
        case .findQueue: PackageResources.findQueue_sql
        case .addQueue: PackageResources.addQueue_sql
        case .queueName: PackageResources.queueName_sql
        case .insertCall: PackageResources.insertCall_sql
        case .reviveCall: PackageResources.reviveCall_sql
        case .holderOfKey: PackageResources.holderOfKey_sql
        case .insertReady: PackageResources.insertReady_sql
        case .insertDelayed: PackageResources.insertDelayed_sql
        case .setFront: PackageResources.setFront_sql
        case .nextLapse: PackageResources.nextLapse_sql
        case .lapsedLeases: PackageResources.lapsedLeases_sql
        case .promotable: PackageResources.promotable_sql
        case .selectReady: PackageResources.selectReady_sql
        case .deleteClaimed: PackageResources.deleteClaimed_sql
        case .deleteReady: PackageResources.deleteReady_sql
        case .deleteDelayed: PackageResources.deleteDelayed_sql
        case .insertLease: PackageResources.insertLease_sql
        case .freeKey: PackageResources.freeKey_sql
        case .nextDue: PackageResources.nextDue_sql
        case .endLease: PackageResources.endLease_sql
        case .extendLease: PackageResources.extendLease_sql
        case .deliveriesOf: PackageResources.deliveriesOf_sql
        case .leasesOf: PackageResources.leasesOf_sql
        case .lapsedOf: PackageResources.lapsedOf_sql
        case .place: PackageResources.place_sql
        case .setPlace: PackageResources.setPlace_sql
        case .deleteCall: PackageResources.deleteCall_sql
        case .clearMessage: PackageResources.clearMessage_sql
        case .replaceMessage: PackageResources.replaceMessage_sql
        case .callID: PackageResources.callID_sql
        case .hasGrave: PackageResources.hasGrave_sql
        case .hasSameGrave: PackageResources.hasSameGrave_sql
        case .buryLetter: PackageResources.buryLetter_sql
        case .buryMessage: PackageResources.buryMessage_sql
        case .takeGrave: PackageResources.takeGrave_sql
        case .deleteGrave: PackageResources.deleteGrave_sql
        case .graves: PackageResources.graves_sql
        case .deleteOldestGrave: PackageResources.deleteOldestGrave_sql
        case .noteDropped: PackageResources.noteDropped_sql
        case .completeCall: PackageResources.completeCall_sql
        case .recordByID: PackageResources.recordByID_sql
        case .recordNew: PackageResources.recordNew_sql
        case .recordChildren: PackageResources.recordChildren_sql
        case .forgetRecord: PackageResources.forgetRecord_sql
        case .deleteBareCall: PackageResources.deleteBareCall_sql
        case .pauses: PackageResources.pauses_sql
        case .pauseQueue: PackageResources.pauseQueue_sql
        case .resumeQueue: PackageResources.resumeQueue_sql
        case .appendAudit: PackageResources.appendAudit_sql
        case .replaceAudit: PackageResources.replaceAudit_sql
        case .trimAudit: PackageResources.trimAudit_sql
        case .expiredCalls: PackageResources.expiredCalls_sql
        case .deleteExpiredRevocations: PackageResources.deleteExpiredRevocations_sql
        case .deleteExpiredWorkers: PackageResources.deleteExpiredWorkers_sql
        case .callByID: PackageResources.callByID_sql
        case .headersOfCall: PackageResources.headersOfCall_sql
        case .isLeased: PackageResources.isLeased_sql
        case .waitingIn: PackageResources.waitingIn_sql
        case .lastCall: PackageResources.lastCall_sql
        case .revoke: PackageResources.revoke_sql
        case .insertWorker: PackageResources.insertWorker_sql
        case .deleteWorker: PackageResources.deleteWorker_sql
        case .putEntry: PackageResources.putEntry_sql
        case .deleteEntry: PackageResources.deleteEntry_sql
        case .setGeneration: PackageResources.setGeneration_sql
        case .moveTick: PackageResources.moveTick_sql
        case .isInRevision: PackageResources.isInRevision_sql
        case .noteRuns: PackageResources.noteRuns_sql
        case .claimTick: PackageResources.claimTick_sql
        case .deleteClaim: PackageResources.deleteClaim_sql
        }
    }
}
