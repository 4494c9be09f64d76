import CeleriacCore

/// The statements that only read, by name: files of `Statements`. `CROSS JOIN` makes SQLite keep the written order,
/// from few rows to many.
enum ReadSQL {
    static let record = Statements.text(of: PackageResources.record_sql)

    static let idsByPrefix = Statements.text(of: PackageResources.idsByPrefix_sql)

    // MARK: Messages

    static let message = Statements.text(of: PackageResources.message_sql)

    static func messages(_ status: MessagePlace.Status) -> String {
        switch status {
        case .ready: readyMessages
        case .delayed: delayedMessages
        case .leased: leasedMessages
        case .dead: deadMessages
        }
    }

    private static let readyMessages = Statements.text(of: PackageResources.readyMessages_sql)
    private static let delayedMessages = Statements.text(of: PackageResources.delayedMessages_sql)
    private static let leasedMessages = Statements.text(of: PackageResources.leasedMessages_sql)
    private static let deadMessages = Statements.text(of: PackageResources.deadMessages_sql)

    static let counts = Statements.text(of: PackageResources.counts_sql)
    static let oldestReady = Statements.text(of: PackageResources.oldestReady_sql)
    static let position = Statements.text(of: PackageResources.position_sql)
    static let queues = Statements.text(of: PackageResources.queueNames_sql)
    static let queue = Statements.text(of: PackageResources.findQueue_sql)
    static let place = Statements.text(of: PackageResources.placeByID_sql)

    // MARK: Dead letters

    static let deadLetterOf = Statements.text(of: PackageResources.deadLetterByID_sql)
    static let deadLetters = Statements.text(of: PackageResources.deadLetters_sql)
    static let deadLettersIn = Statements.text(of: PackageResources.deadLettersIn_sql)
    static let droppedDeadLetters = Statements.text(of: PackageResources.droppedDeadLetters_sql)

    // MARK: Revocations and workers

    static let revocation = Statements.text(of: PackageResources.revocation_sql)
    static let generation = Statements.text(of: PackageResources.revocationGeneration_sql)
    static let workers = Statements.text(of: PackageResources.workers_sql)

    // MARK: Pauses, the audit log

    static let pauses = Statements.text(of: PackageResources.pauses_sql)
    static let audit = Statements.text(of: PackageResources.audit_sql)

    // MARK: The schedule

    static let generationOfSchedule = Statements.text(of: PackageResources.scheduleGeneration_sql)
    static let entries = Statements.text(of: PackageResources.entries_sql)
    static let entry = Statements.text(of: PackageResources.entry_sql)
}
