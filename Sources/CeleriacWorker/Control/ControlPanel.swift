import Logging
import Synchronization

/// The commands of Celery's remote control, their arguments and their effects.
///
/// Each group of commands has its own file, `ControlPanel+….swift`. Source: `celery/worker/control.py`, celery 5.7.
struct ControlPanel: Sendable {
    /// The purpose of a command. ``ControlReach/readOnly`` refuses commands that control and carries out the others.
    enum Kind: Sendable { case inspects, watches, revokes, controls }

    struct Command: Sendable {
        let kind: Kind
        let signature: ControlSignature
        let run: @Sendable (ControlArguments, ControlledWorker) async throws -> ControlResponse

        init(
            _ kind: Kind, _ signature: ControlSignature,
            _ run: @escaping @Sendable (ControlArguments, ControlledWorker) async throws -> ControlResponse
        ) {
            self.kind = kind
            self.signature = signature
            self.run = run
        }
    }

    private static let commands: [String: Command] = {
        let groups = [inspecting, requests, statistics, debugging, revoking, limiting, pooling, consuming, monitoring]
        var commands = Dictionary(uniqueKeysWithValues: groups.joined().map { ($0.signature.name, $0) })
        for (alias, name) in aliases { commands[alias] = commands[name] }
        return commands
    }()

    /// Old names that Celery still accepts.
    private static let aliases = [
        "dump_tasks": "registered", "dump_active": "active", "dump_reserved": "reserved",
        "dump_schedule": "scheduled", "dump_revoked": "revoked", "dump_conf": "conf",
    ]

    let worker: ControlledWorker
    let reach: ControlReach
    private let refused = RefusedNames()

    init(_ worker: ControlledWorker, reach: ControlReach) {
        self.worker = worker
        self.reach = reach
    }

    /// Carries a command out. Returns an answer whatever the input, and never stops the worker.
    func answer(_ command: ControlCommand) async -> ControlResponse {
        worker.app.clock.forward()
        guard let known = Self.commands[command.name] else {
            return .error(ControlRefusal(type: "KeyError", message: String(command.name.prefix(200))).repr)
        }
        guard reach == .full || known.kind != .controls else { return refuse(command.name) }
        do {
            try known.signature.check(command.arguments)
            return try await known.run(ControlArguments(command.arguments), worker)
        } catch {
            return .error(ControlRefusal(error).repr)
        }
    }

    private func refuse(_ name: String) -> ControlResponse {
        // Logged once per command: Flower repeats its commands every few seconds.
        if refused.isNew(name) {
            worker.app.logger.warning(
                "a control command was refused: \(ControlReach.howToWiden)",
                metadata: ["command": "\(name)", "worker": "\(worker.node)"]
            )
        }
        return .error(
            ControlRefusal(type: "PermissionError", message: "\(name): \(ControlReach.howToWiden)").repr
        )
    }
}

extension ControlReach {
    /// Why a worker with read-only control refuses, and what allows it.
    static let howToWiden =
        "this worker's remote control is read-only; --control full or WorkerOptions(control: .full) allows it"
}

/// The commands that have been refused so far.
private final class RefusedNames: Sendable {
    private let names = Guarded<Set<String>>([])

    func isNew(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }
}
