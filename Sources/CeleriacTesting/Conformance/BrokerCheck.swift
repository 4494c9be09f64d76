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
            + concurrency + sharing
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
            let unmet = check.needs.filter { $0.objection(to: traits, of: type) != nil }
            return unmet.isEmpty ? nil : SkippedCheck(name: check.name, unmet: unmet)
        }
    }

    private static func declaring(_ traits: BrokerTraits) -> BrokerCheck {
        BrokerCheck("a broker declares the traits by which it is tested") { broker, _ in
            try expect(broker.traits, is: traits, "traits")
        }
    }

    private static func every<Store: Broker>(for type: Store.Type) -> [BrokerCheck] {
        all + PortChecks.all(for: type).filter(\.apply).flatMap(\.checks)
    }
}
