import EmbeddedText
import RESPClient

/// The scripts of RQ's layout by name. Each consists of the file `Scripts/<name>.lua` and the fragments that it
/// includes.
///
/// The head of each file documents its arguments, its result, and what an error leaves behind. Every script runs as one
/// step. The texts are assembled, and their digests computed, once for each process.
enum RQScripts {
    // MARK: Jobs

    static let enqueue = script(PackageResources.enqueue_lua)
    static let claim = script(PackageResources.claim_lua)
    static let renew = script(PackageResources.renew_lua)
    static let end = script(PackageResources.end_lua)
    static let record = script(PackageResources.record_lua)

    // MARK: Scheduling

    static let schedule = script(PackageResources.schedule_lua)
    static let unlock = script(PackageResources.unlock_lua)
    static let cron = script(PackageResources.cron_lua)

    // MARK: Upkeep

    static let reap = script(PackageResources.reap_lua)
    static let clean = script(PackageResources.clean_lua)
    static let cleanGroups = script(PackageResources.cleanGroups_lua)

    // MARK: Looking and deleting

    static let count = script(PackageResources.count_lua)
    static let look = script(PackageResources.look_lua)
    static let purge = script(PackageResources.purge_lua)
    static let remove = script(PackageResources.remove_lua)
    static let forget = script(PackageResources.forget_lua)
    static let saveMeta = script(PackageResources.saveMeta_lua)
    static let deleteJob = script(PackageResources.deleteJob_lua)
    static let removeListed = script(PackageResources.removeListed_lua)
    static let deleteQueue = script(PackageResources.deleteQueue_lua)

    // MARK: Failed and canceled jobs

    static let requeue = script(PackageResources.requeue_lua)
    static let deleteFailed = script(PackageResources.deleteFailed_lua)
    static let cancel = script(PackageResources.cancel_lua)

    // MARK: Workers

    static let beat = script(PackageResources.beat_lua)
    static let leave = script(PackageResources.leave_lua)

    // MARK: Putting together

    private static func script(_ file: [UInt8]) -> RESPScript { RESPScript(fragments.text(of: file)) }

    /// `Scripts/Fragments`, by name.
    private static let fragments = EmbeddedFragments([
        "abandoning": PackageResources.abandoning_lua,
        "dependents": PackageResources.dependents_lua,
        "enqueueing": PackageResources.enqueueing_lua,
        "entering": PackageResources.entering_lua,
        "prelude": PackageResources.prelude_lua,
        "rateLimiting": PackageResources.rateLimiting_lua,
        "removal": PackageResources.removal_lua,
        "scheduling": PackageResources.scheduling_lua,
        "wholeRemoval": PackageResources.wholeRemoval_lua,
    ])
}
