public import CeleriacCore

/// A promise of every ``Broker``.
///
/// All backends pass the same suite: promises are values, backends are a list, and one parameterised test combines
/// them.
///
/// ```swift
/// @Test("a broker keeps its promise", .timeLimit(.minutes(1)), arguments: BrokerCheck.all(for: MyBroker.self))
/// func keepsItsPromise(check: BrokerCheck) async throws {
///     let time = ManualTime()
///     try await check.run(MyBroker(time: time), time)
/// }
/// ```
public typealias BrokerCheck = Check<any Broker>

extension Check where Subject == any Broker {
    /// The promises of every broker.
    public static var all: [BrokerCheck] {
        publishing + ordering + delays + waiting + leases + settling + consumers + uniqueness + counting + payloads
            + concurrency
    }

    /// Returns the promises of a store of this type: as a broker, and for each further port that the type conforms to.
    ///
    /// - Parameter traits: the traits that the broker declares. Checks that need other traits are left out;
    ///   ``skipped(for:traits:)`` lists them.
    public static func all<Store: Broker>(
        for type: Store.Type, traits: BrokerTraits = BrokerTraits()
    ) -> [BrokerCheck] {
        every(for: type).filter { check in check.needs.allSatisfy { $0.objection(to: traits, of: type) == nil } }
            + [declaring(traits)]
    }

    /// Returns the checks that do not apply to a store of this type with these traits, each with the reasons.
    public static func skipped<Store: Broker>(for type: Store.Type, traits: BrokerTraits) -> [SkippedCheck] {
        every(for: type).compactMap { check in
            let reasons = check.needs.compactMap { $0.objection(to: traits, of: type) }
            return reasons.isEmpty ? nil : SkippedCheck(name: check.name, reasons: reasons.sorted())
        }
    }

    private static func declaring(_ traits: BrokerTraits) -> BrokerCheck {
        BrokerCheck("a broker declares the traits by which it is tested") { broker, _ in
            try expect(broker.traits, is: traits, "traits")
        }
    }

    private static func every<Store: Broker>(for type: Store.Type) -> [BrokerCheck] {
        var checks = all
        if type is any CompletionStore.Type {
            checks += ResultBackendCheck.all.map { $0.ofBroker() } + CompletionStoreCheck.all.map { $0.ofBroker() }
        }
        // RQ's layout has no field for a canvas.
        if type is any CompletionStore.Type, !(type is any JobBroker.Type) {
            checks += CompletionStoreCheck.canvas.map { $0.ofBroker() }
        }
        if type is any (ChordStore & CompletionStore).Type {
            checks += ChordStoreCheck.all.map { $0.ofBroker() } + CompletionStoreCheck.chords.map { $0.ofBroker() }
        }
        if type is any StateDerivingStore.Type {
            checks += CompletionStoreCheck.deriving.map { $0.ofBroker() }
        }
        if type is any Inspector.Type { checks += InspectorCheck.all.map { $0.ofBroker() } }
        if type is any DeadLetterStore.Type { checks += DeadLetterCheck.all.map { $0.ofBroker() } }
        if type is any RevocationStore.Type { checks += RevocationCheck.all.map { $0.ofBroker() } }
        if type is any WorkerDirectory.Type { checks += WorkerDirectoryCheck.all.map { $0.ofBroker() } }
        if type is any StartLimiter.Type { checks += StartLimiterCheck.all.map { $0.ofBroker() } }
        if type is any (ChordStore & CompletionStore).Type {
            checks += CompletionStoreCheck.chordReplacements.map { $0.ofBroker() }
        }
        if type is any ScheduleBroker.Type { checks += ScheduleBrokerCheck.all.map { $0.ofBroker() } }
        if type is any ScheduleStore.Type { checks += ScheduleStoreCheck.claims.map { $0.ofBroker() } }
        if type is any ControlChannel.Type { checks += ControlChannelCheck.all.map { $0.ofBroker() } }
        if type is any EventChannel.Type { checks += EventChannelCheck.all.map { $0.ofBroker() } }
        return checks
    }
}
