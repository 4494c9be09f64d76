import CeleriacCore
import CeleriacTesting
import Testing

@testable import CeleriacPostgres

@Suite("A broker does what a simple model does", .serialized)
struct WalkTests {
    /// On these, claims passed over messages whose leases had lapsed since the last look at all leases.
    private static let seeds: [UInt64] = [
        13_360_170_109_687_163_130, 5_109_646_193_640_468_639, 10_669_317_796_732_189_475, 2_133_454_940_767_422_516,
        16_069_133_643_519_217_823,
    ]

    @Test("on the walks that once broke a promise", arguments: seeds)
    func walk(seed: UInt64) async throws {
        try await Stores.withVirtualTime { store, time in
            try await BrokerCheck.randomWalk(seed: seed).run(store, time)
        }
    }
}
