import EmbeddedText
import RESPClient

/// The scripts by name. Each consists of the file `Scripts/<name>.lua` and the fragments that it includes.
///
/// The head of each file documents its keys, arguments, result, and what an error leaves behind. Every script runs as
/// one step. The texts are assembled, and their digests computed, once for each process.
enum Scripts {
    // MARK: Messages

    static let publish = script(PackageResources.publish_lua)
    static let claim = script(PackageResources.claim_lua)
    static let settle = script(PackageResources.settle_lua)
    static let renew = script(PackageResources.renew_lua)
    static let reap = script(PackageResources.reap_lua)
    static let move = script(PackageResources.move_lua)

    // MARK: Queues

    static let count = script(PackageResources.count_lua)
    static let purge = script(PackageResources.purge_lua)
    static let look = script(PackageResources.look_lua)
    static let lookAtDelayed = script(PackageResources.lookAtDelayed_lua)
    static let find = script(PackageResources.find_lua)
    static let findDelayed = script(PackageResources.findDelayed_lua)
    static let remove = script(PackageResources.remove_lua)

    // MARK: Dead letters

    static let requeue = script(PackageResources.requeue_lua)
    static let deleteDead = script(PackageResources.deleteDead_lua)
    static let dropDead = script(PackageResources.dropDead_lua)
    static let buryLetters = script(PackageResources.buryLetters_lua)

    // MARK: Results and revocations

    static let record = script(PackageResources.record_lua)
    static let forget = script(PackageResources.forget_lua)
    static let revoke = script(PackageResources.revoke_lua)

    // MARK: Chords

    static let takeSteps = script(PackageResources.takeSteps_lua)
    static let claimChords = script(PackageResources.claimChords_lua)
    static let launchChord = script(PackageResources.launchChord_lua)
    static let chordProgress = script(PackageResources.chordProgress_lua)

    // MARK: The schedule

    static let readSchedule = script(PackageResources.readSchedule_lua)
    static let changeSchedule = script(PackageResources.changeSchedule_lua)
    static let removeEntry = script(PackageResources.removeEntry_lua)
    static let stand = script(PackageResources.stand_lua)
    static let step = script(PackageResources.step_lua)
    static let claimStep = script(PackageResources.claimStep_lua)
    static let markStep = script(PackageResources.markStep_lua)

    // MARK: Workers, limits, remote control

    static let beat = script(PackageResources.beat_lua)
    static let reserve = script(PackageResources.reserve_lua)
    static let openReplies = script(PackageResources.openReplies_lua)
    static let closeReplies = script(PackageResources.closeReplies_lua)
    static let reply = script(PackageResources.reply_lua)

    // MARK: Upkeep

    static let tidy = script(PackageResources.tidy_lua)
    static let clear = script(PackageResources.clear_lua)

    // MARK: Putting together

    private static func script(_ file: [UInt8]) -> RESPScript { RESPScript(fragments.text(of: file)) }

    /// `Scripts/Fragments`, by name.
    private static let fragments = EmbeddedFragments([
        "asiding": PackageResources.asiding_lua,
        "chording": PackageResources.chording_lua,
        "chordsOnDemand": PackageResources.chordsOnDemand_lua,
        "deadLetters": PackageResources.deadLetters_lua,
        "digging": PackageResources.digging_lua,
        "fence": PackageResources.fence_lua,
        "finding": PackageResources.finding_lua,
        "forgetting": PackageResources.forgetting_lua,
        "keyKinds": PackageResources.keyKinds_lua,
        "matching": PackageResources.matching_lua,
        "messages": PackageResources.messages_lua,
        "prelude": PackageResources.prelude_lua,
        "publishing": PackageResources.publishing_lua,
        "recording": PackageResources.recording_lua,
        "restoring": PackageResources.restoring_lua,
        "uniqueness": PackageResources.uniqueness_lua,
    ])
}
