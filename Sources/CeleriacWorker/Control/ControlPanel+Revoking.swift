#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacPool
import CeleriacWire
import Logging

/// Commands that keep calls from running, or stop running calls.
extension ControlPanel {
    /// The maximum number of stamps that one command may name, and the maximum length of each in bytes.
    private static let (mostStamps, longestStamp) = (10_000, 1_024)

    static let revoking: [Command] = [
        Command(.revokes, ControlSignature("revoke", required: ["task_id"], optional: ["terminate", "signal"])) {
            arguments, worker in
            try await revoke(arguments, worker, terminate: arguments.isTrue("terminate"))
        },
        Command(.revokes, ControlSignature("terminate", required: ["signal", "task_id"])) { arguments, worker in
            try await revoke(arguments, worker, terminate: true)
        },
        Command(
            .revokes,
            ControlSignature("revoke_by_stamped_headers", required: ["headers"], optional: ["terminate", "signal"])
        ) { arguments, worker in try revokeByStamps(arguments, worker) },
        Command(.inspects, ControlSignature("revoked")) { _, worker in
            .reply(.array(worker.revoked.ids.map { .string($0.rawValue) }))
        },
    ]

    // MARK: By id

    private static func revoke(
        _ arguments: ControlArguments, _ worker: ControlledWorker, terminate: Bool
    ) async throws -> ControlResponse {
        let ids = try arguments.ids("task_id")
        let signal = terminate ? try signal(arguments) : nil
        worker.revoked.add(ids)
        let running = worker.slots.held.filter { ids.contains($0.delivery.id) }
        try await keep(ids, worker, terminate: terminate)
        try await record(ids.subtracting(running.map(\.delivery.id)), worker)
        guard let signal else {
            worker.log("tasks revoked by remote control", ["count": "\(ids.count)"])
            return .ok("tasks \(set(ids)) flagged as revoked")
        }
        for attempt in running { attempt.cancel(because: .revoked, by: signal) }
        worker.log("tasks terminated by remote control", ["count": "\(running.count)"])
        guard !running.isEmpty else { return .ok("terminate: tasks unknown") }
        return .ok("terminate: \(running.map(\.delivery.id.rawValue).sorted().joined(separator: ", "))")
    }

    /// Stores the revocations, if a store can remember them: they then outlive this worker and reach others. Does not
    /// use `app.revoke`, which notifies all workers: they would notify each other forever.
    private static func keep(_ ids: Set<TaskID>, _ worker: ControlledWorker, terminate: Bool) async throws {
        guard !ids.isEmpty, let store = worker.app.backend.revocations else { return }
        let until = worker.app.time.now.adding(TaskApp.revocationSpan)
        try await store.revoke(Array(ids), terminate: terminate, until: until)
    }

    /// Writes REVOKED for calls that have not been started anywhere, as Celery's workers do since 5.7.
    private static func record(_ ids: Set<TaskID>, _ worker: ControlledWorker) async throws {
        guard !worker.app.derivesStates, let results = worker.app.results else { return }
        let now = worker.app.time.now
        var changes: [StateChange] = []
        try await results.forEachRecord(of: Array(ids)) { id, record in
            guard [.pending, .received, .retry, .rejected].contains(record?.state ?? .pending) else { return }
            let expires = worker.app.resultLifetime.map(now.addingTimeInterval)
            changes.append(.revoked(id, .revoked(.revoked), at: now, expires: expires))
        }
        if !changes.isEmpty { try await results.record(changes) }
    }

    private static func signal(_ arguments: ControlArguments) throws(ControlRefusal) -> Signal {
        switch arguments["signal"] {
        case nil: return .terminate
        case .integer(let number): return Signal(number: Int(clamping: number))
        case .string(let name):
            if let signal = Signal(name) { return signal }
            throw ControlRefusal(
                type: "AttributeError", message: "module 'signal' has no attribute '\(name.prefix(60))'")
        default: throw .type("signal name must be uppercase string.")
        }
    }

    /// `{'id-1', 'id-2'}`
    private static func set(_ ids: Set<TaskID>) -> String {
        guard !ids.isEmpty else { return "set()" }
        return "{\(ids.map { PythonRepr.value(JSONValue.string($0.rawValue).bytes) }.sorted().joined(separator: ", "))}"
    }

    // MARK: By stamp

    private static func revokeByStamps(
        _ arguments: ControlArguments, _ worker: ControlledWorker
    ) throws(ControlRefusal) -> ControlResponse {
        let signal = try signal(arguments)
        let (headers, stamps) = try stamps(arguments)
        let text = PythonRepr.value(headers.bytes)
        worker.revoked.add(stamps)
        worker.log("tasks revoked by stamps", ["stamps": "\(stamps.keys.sorted().map(\.text).joined(separator: ","))"])
        guard arguments.isTrue("terminate") else {
            return .ok("headers \(text) flagged as revoked, but not terminated")
        }
        var terminated: [JSONKey: Set<JSONValue>] = [:]
        for attempt in worker.slots.held where attempt.startedAt != nil {
            let matches = matches(of: attempt.delivery.envelope.headers.stamps, with: stamps)
            guard !matches.isEmpty else { continue }
            terminated.merge(matches) { $0.union($1) }
            attempt.cancel(because: .revoked, by: signal)
        }
        guard !terminated.isEmpty else { return .ok("headers \(text) were not terminated") }
        return .ok("headers \(mapping(terminated)) revoked")
    }

    private static func stamps(
        _ arguments: ControlArguments
    ) throws(ControlRefusal) -> (headers: JSONValue, stamps: [JSONKey: [JSONValue]]) {
        var headers: JSONObject = [:]
        switch arguments["headers"] {
        case .object(let members): headers = members
        case .array, .string:
            // `name=value`, as the command line gives them.
            for pair in try arguments.texts("headers", atMost: mostStamps) {
                let sides = pair.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
                guard sides.count > 1 else {
                    throw ControlRefusal(type: "IndexError", message: "list index out of range")
                }
                headers[sides[0]] = .string(sides[1])
            }
        default: throw .type("headers must be a dict or a list")
        }
        let stamps = headers.mapValues { $0.arrayValue ?? [$0] }
        guard stamps.values.reduce(0, { $0 + $1.count }) <= mostStamps else {
            throw .value("at most \(mostStamps) stamps at once")
        }
        let isShort = stamps.allSatisfy { name, values in
            name.text.utf8.count <= longestStamp && values.allSatisfy { $0.bytes.count <= longestStamp }
        }
        guard isShort else { throw .value("a stamp must have at most \(longestStamp) bytes") }
        return (.object(headers), stamps)
    }

    private static func matches(
        of own: [JSONKey: [JSONValue]], with revoked: [JSONKey: [JSONValue]]
    ) -> [JSONKey: Set<JSONValue>] {
        revoked.reduce(into: [:]) { matches, stamp in
            let shared = Set(own[stamp.key] ?? []).intersection(stamp.value)
            if !shared.isEmpty { matches[stamp.key] = shared }
        }
    }

    /// Written as Python shows the `defaultdict(set)` that Celery replies with.
    private static func mapping(_ stamps: [JSONKey: Set<JSONValue>]) -> String {
        let members = stamps.sorted { $0.key < $1.key }.map { name, values in
            let set = values.map { PythonRepr.value($0.bytes) }.sorted().joined(separator: ", ")
            return "\(PythonRepr.value(JSONValue(name).bytes)): {\(set)}"
        }
        return "defaultdict(<class 'set'>, {\(members.joined(separator: ", "))})"
    }
}
