#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore

extension FlakyBroker: ResultBackend where Base: ResultBackend {
    public func record(_ changes: [StateChange]) async throws {
        try await perform(.record) { try await base.record(changes) }
    }

    public func record(of id: TaskID) async throws -> TaskRecord? {
        try await perform(.readRecord) { try await base.record(of: id) }
    }

    public func records(of ids: [TaskID]) async throws -> [TaskID: TaskRecord] {
        try await perform(.readRecord) { try await base.records(of: ids) }
    }

    public func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord? {
        try await perform(.nextRecord) { try await base.nextRecord(of: id, after: seen) }
    }

    public func forget(_ id: TaskID) async throws {
        try await perform(.forget) { try await base.forget(id) }
    }
}

extension FlakyBroker: StateDerivingStore where Base: StateDerivingStore {}

extension FlakyBroker: CompletionStore where Base: CompletionStore {
    public func complete(_ completions: [Completion]) async throws -> Set<Receipt> {
        try await perform(.complete, ifLost: { Set(completions.map(\.receipt)) }) {
            try await base.complete(completions)
        }
    }
}

extension FlakyBroker: ChordStore where Base: ChordStore {
    public func take(_ steps: [ChordStep]) async throws {
        try await perform(.takeChordSteps) { try await base.take(steps) }
    }

    public func claimChords(upTo limit: Int, lease: Duration) async throws -> [ClaimedChord] {
        try await perform(.claimChords) { try await base.claimChords(upTo: limit, lease: lease) }
    }

    public func launch(_ launch: ChordLaunch) async throws -> Bool {
        try await perform(.launchChord) { try await base.launch(launch) }
    }

    public func progress(ofChord groupID: String) async throws -> ChordProgress? {
        try await perform(.readChord) { try await base.progress(ofChord: groupID) }
    }
}

extension FlakyBroker: QueueCounter where Base: QueueCounter {
    public func counts(of queue: QueueName) async throws -> QueueCounts {
        try await perform(.counts) { try await base.counts(of: queue) }
    }
}

extension FlakyBroker: QueueReserving where Base: QueueReserving {
    public func objection(to queue: QueueName) -> String? { base.objection(to: queue) }
}

extension FlakyBroker: Inspector where Base: Inspector {
    public func queues() async throws -> [QueueName] { try await base.queues() }

    public func messages(
        in queue: QueueName, _ status: MessagePlace.Status, after cursor: Cursor?, limit: Int
    ) async throws -> Page<QueuedMessage> {
        try await base.messages(in: queue, status, after: cursor, limit: limit)
    }

    public func message(of id: TaskID) async throws -> QueuedMessage? { try await base.message(of: id) }
    public func position(of id: TaskID) async throws -> Int? { try await base.position(of: id) }
    public func remove(_ id: TaskID) async throws -> Bool { try await base.remove(id) }
}

extension FlakyBroker: DeadLetterStore where Base: DeadLetterStore {
    public func deadLetters(
        in queue: QueueName?, after cursor: Cursor?, limit: Int
    ) async throws -> Page<DeadLetter> {
        try await base.deadLetters(in: queue, after: cursor, limit: limit)
    }

    public var deadLetterLimits: DeadLetterLimits? { base.deadLetterLimits }
    public func droppedDeadLetters() async throws -> [QueueName: Int] { try await base.droppedDeadLetters() }
    public func deadLetter(of id: TaskID) async throws -> DeadLetter? { try await base.deadLetter(of: id) }
    public func requeue(_ ids: [TaskID]) async throws -> Set<TaskID> { try await base.requeue(ids) }

    public func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID> {
        try await base.deleteDeadLetters(ids)
    }
}

extension FlakyBroker: LetterArchive where Base: LetterArchive {
    public func bury(_ letters: [DeadLetter]) async throws { try await base.bury(letters) }
}

extension FlakyBroker: RevocationStore where Base: RevocationStore {
    @discardableResult
    public func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws -> Set<TaskID> {
        try await base.revoke(ids, terminate: terminate, until: until)
    }

    public func revocations(among ids: [TaskID]) async throws -> [TaskID: Revocation] {
        try await base.revocations(among: ids)
    }

    public func nextRevocation(after generation: Int64) async throws -> Int64 {
        try await base.nextRevocation(after: generation)
    }
}

extension FlakyBroker: CallFinder where Base: CallFinder {
    public func ids(startingWith prefix: String, limit: Int) async throws -> Set<TaskID> {
        try await base.ids(startingWith: prefix, limit: limit)
    }
}

extension FlakyBroker: CallSearch where Base: CallSearch {
    public func calls(
        _ filter: CallFilter, after cursor: Cursor?, limit: Int, budget: Duration
    ) async throws -> FoundCalls {
        try await base.calls(filter, after: cursor, limit: limit, budget: budget)
    }
}

extension FlakyBroker: WorkerDirectory where Base: WorkerDirectory {
    public func beat(_ status: WorkerStatus) async throws { try await base.beat(status) }
    public func leave(_ worker: String) async throws { try await base.leave(worker) }
    public func workers() async throws -> [WorkerStatus] { try await base.workers() }
}

extension FlakyBroker: QueueGate where Base: QueueGate {
    public func setPaused(_ isPaused: Bool, _ queue: QueueName, by actor: String, note: String) async throws {
        try await base.setPaused(isPaused, queue, by: actor, note: note)
    }

    public func pausedQueues() async throws -> [QueuePause] { try await base.pausedQueues() }
}

extension FlakyBroker: AuditLog where Base: AuditLog {
    public func append(_ entry: AuditEntry) async throws { try await base.append(entry) }

    public func auditEntries(after cursor: Cursor?, limit: Int) async throws -> Page<AuditEntry> {
        try await base.auditEntries(after: cursor, limit: limit)
    }
}

extension FlakyBroker: JobBroker where Base: JobBroker {
    public func jobStatus(of id: TaskID) async throws -> JobStatus? { try await base.jobStatus(of: id) }
    public func snapshot(of id: TaskID) async throws -> JobSnapshot? { try await base.snapshot(of: id) }

    public func failure(ofExceeding limit: Duration) -> TaskFailure { base.failure(ofExceeding: limit) }

    public func results(of id: TaskID, limit: Int) async throws -> [JobResult] {
        try await base.results(of: id, limit: limit)
    }

    public func saveMeta(_ meta: JSONObject, of id: TaskID) async throws -> Bool {
        try await base.saveMeta(meta, of: id)
    }

    public func cancelReleasingDependents(_ id: TaskID, until: Date) async throws -> Bool {
        try await base.cancelReleasingDependents(id, until: until)
    }

    public func requeue(_ id: TaskID, atFront: Bool) async throws -> Bool {
        try await base.requeue(id, atFront: atFront)
    }

    public func delete(_ id: TaskID, withDependents: Bool) async throws -> Bool {
        try await base.delete(id, withDependents: withDependents)
    }
}

extension FlakyBroker: RegistryDirectory where Base: RegistryDirectory {
    public func count(of registry: RegistryKind, in queue: QueueName) async throws -> Int {
        try await base.count(of: registry, in: queue)
    }

    public func ids(
        in registry: RegistryKind, of queue: QueueName, after cursor: Cursor?, limit: Int
    ) async throws -> Page<TaskID> {
        try await base.ids(in: registry, of: queue, after: cursor, limit: limit)
    }

    public func date(of id: TaskID, in registry: RegistryKind, of queue: QueueName) async throws -> Date? {
        try await base.date(of: id, in: registry, of: queue)
    }

    public func remove(
        _ id: TaskID, from registry: RegistryKind, of queue: QueueName, deletesJob: Bool
    ) async throws -> Bool {
        try await base.remove(id, from: registry, of: queue, deletesJob: deletesJob)
    }

    public func delete(_ queue: QueueName, deletesJobs: Bool) async throws {
        try await base.delete(queue, deletesJobs: deletesJobs)
    }
}

extension FlakyBroker: ScheduleStore where Base: ScheduleStore {
    public func schedule() async throws -> ScheduleSnapshot {
        try await perform(.readSchedule) { try await base.schedule() }
    }

    public func scheduleGeneration() async throws -> Int64 {
        try await perform(.readSchedule) { try await base.scheduleGeneration() }
    }

    public func scheduleRecord(of name: String) async throws -> ScheduleRecord? {
        try await perform(.readSchedule) { try await base.scheduleRecord(of: name) }
    }

    public func put(_ entry: ScheduleEntry) async throws {
        try await perform(.changeSchedule) { try await base.put(entry) }
    }

    public func synchronize(_ entries: [ScheduleEntry], of owner: String) async throws {
        try await perform(.changeSchedule) { try await base.synchronize(entries, of: owner) }
    }

    public func removeEntry(_ name: String) async throws -> Bool {
        try await perform(.changeSchedule) { try await base.removeEntry(name) }
    }

    public func setPaused(_ isPaused: Bool, _ name: String) async throws -> Bool {
        try await perform(.changeSchedule) { try await base.setPaused(isPaused, name) }
    }

    public func claim(_ step: ScheduleStep, by beat: String, for lease: Duration) async throws -> Bool {
        try await perform(.claimStep) { try await base.claim(step, by: beat, for: lease) }
    }

    public func mark(_ step: ScheduleStep, _ report: PublishReport) async throws -> Bool {
        try await perform(.markStep) { try await base.mark(step, report) }
    }
}

extension FlakyBroker: ScheduleBroker where Base: ScheduleBroker {
    public func take(_ step: ScheduleStep) async throws -> PublishReport? {
        try await perform(.takeStep) { try await base.take(step) }
    }

    public func isStanding(_ call: TaskID, of entry: String) async throws -> Bool {
        try await perform(.readSchedule) { try await base.isStanding(call, of: entry) }
    }
}

extension FlakyBroker: StartLimiter where Base: StartLimiter {
    public func reserveStart(of id: TaskID, under key: String, every interval: Duration) async throws -> Date? {
        try await base.reserveStart(of: id, under: key, every: interval)
    }
}

extension FlakyBroker: ExchangeBroker where Base: ExchangeBroker {
    public func declare(_ topology: Topology) async throws { try await base.declare(topology) }
}

extension FlakyBroker: LaneProvider where Base: LaneProvider {
    public var lane: any TaskExecutor { base.lane }
}

extension FlakyBroker: ResultSerializing where Base: ResultSerializing {
    public func writeResults(in serializer: Serializer, accepting accepted: [Serializer]) {
        base.writeResults(in: serializer, accepting: accepted)
    }
}

extension FlakyBroker: BindingDirectory where Base: BindingDirectory {
    public func bindings() async throws -> [QueueBinding] { try await base.bindings() }
}

extension FlakyBroker: PatientStore where Base: PatientStore {
    public func failAtFirst() { base.failAtFirst() }
}
