/// A port that a feature needs, and the error message if neither store of an app has it.
package struct Ability<Port: Sendable>: Sendable {
    /// Which of the two stores can provide the port.
    enum Bringer: Sendable {
        case eitherStore, results, broker

        var setting: String { self == .broker ? "CELERIAC_BROKER_URL" : "CELERIAC_RESULT_BACKEND" }
    }

    /// The URL of a store that has the port.
    enum Example: String, Sendable {
        case sqlite = "sqlite:///tasks.sqlite"
        case redis = "redis://localhost:6379/0"
        case rq = "rq://localhost:6379/0"
    }

    let port: @Sendable (Backend) -> Port?
    /// What the stores cannot do, as the verb of a sentence.
    let lack: String
    let bringer: Bringer
    let example: Example

    private init(
        _ port: @escaping @Sendable (Backend) -> Port?, _ lack: String, _ bringer: Bringer, _ example: Example
    ) {
        self.port = port
        self.lack = lack
        self.bringer = bringer
        self.example = example
    }
}

extension Backend {
    /// - Throws: ``CeleriacError`` with code `unsupported`, which names both stores and the setting that would provide
    ///   the port.
    package func require<Port>(_ ability: Ability<Port>) throws -> Port {
        if let port = ability.port(self) { return port }
        throw CeleriacError(.unsupported, explanation(ofLacking: ability))
    }

    /// Why the port is missing and how to get it, as one sentence.
    package func explanation<Port>(ofLacking ability: Ability<Port>) -> String {
        "the broker (\(broker.transport)) and the result backend (\(results?.transport ?? "none")) of this app "
            + "\(ability.lack): give the app a store that does, for example \(ability.bringer.setting)="
            + ability.example.rawValue
    }
}

/// One row for each port: what stores without it cannot do, which store can provide it, and an example.
extension Ability {
    package static var schedule: Ability<any ScheduleStore> {
        .init(\.schedule, "keep no schedule", .eitherStore, .sqlite)
    }
    package static var limiter: Ability<any StartLimiter> {
        .init(\.limiter, "share no rate limits", .eitherStore, .redis)
    }
    package static var directory: Ability<any WorkerDirectory> {
        .init(\.directory, "record no workers", .eitherStore, .sqlite)
    }
    package static var deadLetters: Ability<any DeadLetterStore> {
        .init(\.deadLetters, "keep no dead letters", .eitherStore, .sqlite)
    }
    package static var revocations: Ability<any RevocationStore> {
        .init(\.revocations, "keep no revocations", .eitherStore, .sqlite)
    }
    package static var control: Ability<any ControlChannel> {
        .init(\.control, "carry no remote control", .eitherStore, .redis)
    }
    package static var events: Ability<any EventChannel> {
        .init(\.events, "carry no events", .eitherStore, .redis)
    }
    package static var chords: Ability<any ChordStore> {
        .init(\.chords, "do not support chords", .results, .sqlite)
    }
    package static var inspector: Ability<any Inspector> {
        .init(\.inspector, "show no messages", .broker, .sqlite)
    }
    package static var exchanges: Ability<any ExchangeBroker> {
        .init(\.exchanges, "do not route through exchanges", .broker, .redis)
    }
    package static var bindings: Ability<any BindingDirectory> {
        .init(\.bindings, "list no bindings", .broker, .redis)
    }
    package static var jobs: Ability<any JobBroker> {
        .init(\.jobs, "do not store RQ jobs", .broker, .rq)
    }
    package static var counters: Ability<any QueueCounter> {
        .init(\.counters, "count no messages", .broker, .sqlite)
    }
    package static var search: Ability<any CallSearch> {
        .init(\.search, "search no messages", .broker, .sqlite)
    }
    package static var gate: Ability<any QueueGate> {
        .init(\.gate, "pause no queues", .broker, .sqlite)
    }
    package static var audit: Ability<any AuditLog> {
        .init(\.audit, "keep no audit log", .eitherStore, .sqlite)
    }
}
