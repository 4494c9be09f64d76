/// A port that a feature needs, and the error message if neither store of an app has it.
package struct Ability<Port: Sendable>: Sendable {
    /// Which of the two stores can provide the port.
    enum Bringer: Sendable {
        case eitherStore, results, broker

        var setting: String { self == .broker ? "CELERIAC_BROKER_URL" : "CELERIAC_RESULT_BACKEND" }
    }

    let port: @Sendable (Backend) -> Port?
    /// What the stores cannot do, as the verb of a sentence.
    let lack: String
    let bringer: Bringer
    /// A URL of a store that has the port.
    let example: String
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
            + "\(ability.lack): give the app a store that does, for example \(ability.bringer.setting)=\(ability.example)"
    }
}

extension Ability where Port == any ScheduleStore {
    package static var schedule: Self {
        Self(port: \.schedule, lack: "keep no schedule", bringer: .eitherStore, example: "sqlite:///tasks.sqlite")
    }
}

extension Ability where Port == any StartLimiter {
    package static var limiter: Self {
        Self(port: \.limiter, lack: "share no rate limits", bringer: .eitherStore, example: "redis://localhost:6379/0")
    }
}

extension Ability where Port == any WorkerDirectory {
    package static var directory: Self {
        Self(port: \.directory, lack: "record no workers", bringer: .eitherStore, example: "sqlite:///tasks.sqlite")
    }
}

extension Ability where Port == any DeadLetterStore {
    package static var deadLetters: Self {
        Self(
            port: \.deadLetters, lack: "keep no dead letters", bringer: .eitherStore, example: "sqlite:///tasks.sqlite")
    }
}

extension Ability where Port == any RevocationStore {
    package static var revocations: Self {
        Self(port: \.revocations, lack: "keep no revocations", bringer: .eitherStore, example: "sqlite:///tasks.sqlite")
    }
}

extension Ability where Port == any ControlChannel {
    package static var control: Self {
        Self(
            port: \.control, lack: "carry no remote control", bringer: .eitherStore, example: "redis://localhost:6379/0"
        )
    }
}

extension Ability where Port == any EventChannel {
    package static var events: Self {
        Self(port: \.events, lack: "carry no events", bringer: .eitherStore, example: "redis://localhost:6379/0")
    }
}

extension Ability where Port == any ChordStore {
    package static var chords: Self {
        Self(port: \.chords, lack: "do not support chords", bringer: .results, example: "sqlite:///tasks.sqlite")
    }
}

extension Ability where Port == any Inspector {
    package static var inspector: Self {
        Self(port: \.inspector, lack: "show no messages", bringer: .broker, example: "sqlite:///tasks.sqlite")
    }
}

extension Ability where Port == any ExchangeBroker {
    package static var exchanges: Self {
        Self(
            port: \.exchanges, lack: "do not route through exchanges", bringer: .broker,
            example: "redis://localhost:6379/0")
    }
}

extension Ability where Port == any JobBroker {
    package static var jobs: Self {
        Self(port: \.jobs, lack: "do not store RQ jobs", bringer: .broker, example: "rq://localhost:6379/0")
    }
}

extension Ability where Port == any QueueCounter {
    package static var counters: Self {
        Self(port: \.counters, lack: "count no messages", bringer: .broker, example: "sqlite:///tasks.sqlite")
    }
}
