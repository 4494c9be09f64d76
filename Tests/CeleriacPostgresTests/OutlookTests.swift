import CeleriacCore
import Foundation
import Testing

@testable import CeleriacPostgres

@Suite("Where a claim begins")
struct OutlookTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let outlook = Outlook()
    private let old = Place(rank: 9, due: now.addingTimeInterval(-60), call: 7)

    @Test("where the last one found its first message, with a margin if that was published just now")
    func begin() {
        #expect(claim(at: 0, finding: old) == .first)
        #expect(claim(at: 0.1, finding: old) == old)
        let fresh = Place(rank: 9, due: Self.now.addingTimeInterval(-0.5), call: 9)
        #expect(claim(at: 0.2, finding: fresh) == old)
        #expect(claim(at: 0.3) == Place(rank: 9, due: fresh.due.addingTimeInterval(-0.1), call: 0))
    }

    @Test("at the beginning, once most of a second has passed since the last time")
    func wholeLook() {
        #expect(claim(at: 0, finding: old) == .first)
        #expect(claim(at: 0.7, finding: old) == old)
        #expect(claim(at: 0.75, finding: old) == .first)
        #expect(claim(at: 0.8) == old)
    }

    @Test("at the beginning soon after a claim found nothing, but no more than ten times a second")
    func doubt() {
        #expect(claim(at: 0, finding: old) == .first)
        #expect(claim(at: 0.05) == old)
        #expect(outlook.nextLook(of: [.default]) == .milliseconds(100))
        #expect(claim(at: 0.06) == old)
        #expect(claim(at: 0.1) == .first)
        // That one found nothing either, so there is nothing.
        #expect(claim(at: 0.3, finding: old) == old)
        #expect(claim(at: 0.4) == old)
    }

    @Test("at the beginning after something was put in front, even while a claim was under way")
    func front() {
        #expect(claim(at: 0, finding: old) == .first)
        let plan = self.plan(at: 0.1)
        outlook.noteReady(.default, rank: 0)
        outlook.noteClaim([.default: old], after: plan, of: [.default], at: Self.now)
        #expect(claim(at: 0.2, finding: old) == .first)
        outlook.noteReady(.default, rank: 9)
        #expect(claim(at: 0.3) == old)
        outlook.noteReady(.default, rank: 1)
        #expect(claim(at: 0.4) == .first)
    }

    /// Plans a claim, and notes what it found.
    ///
    /// - Returns: where it begins.
    private func claim(at seconds: Double, finding first: Place? = nil) -> Place? {
        let plan = plan(at: seconds)
        outlook.noteClaim(first.map { [.default: $0] } ?? [:], after: plan, of: [.default], at: Self.now)
        return plan.begins.first
    }

    private func plan(at seconds: Double) -> Outlook.Plan {
        let now = Duration.seconds(seconds)
        let plan = outlook.plan([.default], at: now)
        // Delayed messages are another matter.
        if !plan.promotes.isEmpty { outlook.notePromotion(of: plan.promotes, next: nil, at: now + .seconds(1_000)) }
        return plan
    }
}
