import Foundation
import Logging

/// Announces that a worker is alive: worker-online, a worker-heartbeat every two seconds, worker-offline.
///
/// Receivers consider a worker dead after twice its `freq` without a heartbeat.
struct WorkerPulse: Sendable {
    let app: TaskApp
    let events: EventDispatcher
    let interval: Duration
    let slots: Slots
    let tally: EndTally

    /// Returns when cancelled. ``stop()`` announces the end, once the worker's last task has been settled.
    func run() async {
        events.send(.workerOnline, fields)
        while (try? await app.time.sleep(for: interval)) != nil { events.send(.workerHeartbeat, fields) }
    }

    func stop() { events.send(.workerOffline, fields) }

    private var fields: JSONObject {
        var fields = SoftwareInfo.fields
        fields["freq"] = .double(interval.seconds)
        fields["active"] = .integer(Int64(slots.begunCount))
        fields["processed"] = .integer(Int64(tally.statistics.processed))
        fields["loadavg"] = .array(ThisProcess.loadAverage.map { .double(($0 * 100).rounded() / 100) })
        return fields
    }
}

/// The name and version of this program in events and reports: Celery's `SOFTWARE_INFO`.
package enum SoftwareInfo {
    package static let name = "celeriac"
    package static let version = "0.3.0"

    #if os(macOS)
        package static let system = "Darwin"
    #else
        package static let system = "Linux"
    #endif

    static let fields: JSONObject = [
        "sw_ident": .string(name), "sw_ver": .string(version), "sw_sys": .string(system),
    ]
}
