import CeleriacCore
import CeleriacRQWire

/// The keys of our own next to RQ's; nothing in RQ reads them.
///
/// ```
/// ZSET celeriac:revoked, :revoked.terminate     id -> until when, in seconds
/// STR  celeriac:revoked.generation              grows with each revocation
/// STR  celeriac:unique:<digest>                 "s:<id>" or "d:<id>" of the job that holds the key
/// HASH celeriac:paused                          queue -> by whom, why and since when our workers claim nothing from it
/// HASH celeriac:audit                           id -> entry; ZSET :audit.order, STR :audit.sequence: see `AuditShelf`
/// STR  celeriac:cron:<entry>                    the last tick of a cron entry, in microseconds
/// ZSET celeriac:cron:<entry>:ahead              its ticks that a clock which ran ahead has published
/// CHAN celeriac:job:<id>, celeriac:revoked      something of a job has changed; a generation
/// ```
extension RQKeys {
    func own(_ name: String) -> String { "\(prefix):celeriac:\(name)" }

    var revoked: String { own("revoked") }
    var paused: String { own("paused") }
    var stopped: String { own("revoked.terminate") }
    var revocationGeneration: String { own("revoked.generation") }
    func changes(of job: TaskID) -> String { own("job:\(job)") }
}
