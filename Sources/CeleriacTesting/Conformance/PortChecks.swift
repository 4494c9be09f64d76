import CeleriacCore

/// The checks of one port, and whether they apply to a type of store.
struct PortChecks {
    /// The protocol, or what the checks need besides it.
    let port: String
    let apply: Bool
    let checks: [BrokerCheck]

    init<Subject>(_ port: String, _ apply: Bool, _ checks: [Check<Subject>]...) {
        self.port = port
        self.apply = apply
        self.checks = checks.flatMap { $0.map { $0.ofBroker() } }
    }

    /// The ports of the suite, in its order.
    static func all<Store: Broker>(for type: Store.Type) -> [PortChecks] {
        let keepsResults = type is any CompletionStore.Type
        let keepsChords = type is any (ChordStore & CompletionStore).Type
        return [
            PortChecks("ResultBackend", keepsResults, ResultBackendCheck.all),
            PortChecks("CompletionStore", keepsResults, CompletionStoreCheck.all),
            // RQ's layout has no field for a canvas.
            PortChecks("canvases", keepsResults && !(type is any JobBroker.Type), CompletionStoreCheck.canvas),
            PortChecks("ChordStore", keepsChords, ChordStoreCheck.all),
            PortChecks("ChordStore", keepsChords, CompletionStoreCheck.chords),
            PortChecks("StateDerivingStore", type is any StateDerivingStore.Type, CompletionStoreCheck.deriving),
            PortChecks("Inspector", type is any Inspector.Type, InspectorCheck.all),
            PortChecks("CallSearch", type is any CallSearch.Type, CallSearchCheck.all),
            PortChecks("CallFinder", type is any (CallFinder & CompletionStore).Type, CallFinderCheck.all),
            PortChecks("DeadLetterStore", type is any DeadLetterStore.Type, DeadLetterCheck.all),
            PortChecks("RevocationStore", type is any RevocationStore.Type, RevocationCheck.all),
            PortChecks("WorkerDirectory", type is any WorkerDirectory.Type, WorkerDirectoryCheck.all),
            PortChecks("QueueGate", type is any QueueGate.Type, QueueGateCheck.all),
            PortChecks("AuditLog", type is any AuditLog.Type, AuditLogCheck.all),
            PortChecks("StartLimiter", type is any StartLimiter.Type, StartLimiterCheck.all),
            PortChecks("ChordStore", keepsChords, CompletionStoreCheck.chordReplacements),
            PortChecks("ScheduleBroker", type is any ScheduleBroker.Type, ScheduleBrokerCheck.all),
            PortChecks("ScheduleStore", type is any ScheduleStore.Type, ScheduleStoreCheck.claims),
            PortChecks("ControlChannel", type is any ControlChannel.Type, ControlChannelCheck.all),
            PortChecks("EventChannel", type is any EventChannel.Type, EventChannelCheck.all),
        ]
    }
}
