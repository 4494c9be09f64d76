import CeleriacCore
import CeleriacTesting
import Foundation
import Testing

@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker

@Suite("A call's options over its task's")
struct CallTermsTests {
    private let task = TaskOptions(
        queue: "tasks", timeLimit: .seconds(9), softTimeLimit: .seconds(8), priority: .high, expires: .seconds(7),
        ignoreResult: true, unique: .untilStart)

    @Test("what a call leaves open is its task's")
    func open() {
        let terms = CallTerms(CallOptions(), over: task)
        #expect(terms.options.queue == "tasks" && terms.options.priority == .high)
        #expect(terms.options.timeLimit == .seconds(9) && terms.options.softTimeLimit == .seconds(8))
        #expect(terms.options.ignoreResult == true && terms.expiresAfter == .seconds(7))
        #expect(terms.unique == .untilStart && terms.options.unique == nil)
    }

    @Test("what a call says itself wins")
    func own() {
        let call = CallOptions(
            queue: "calls", expires: ManualTime.epoch, priority: .low, timeLimit: .seconds(1),
            softTimeLimit: .seconds(2), ignoreResult: false, unique: .untilDone)
        let terms = CallTerms(call, over: task)
        #expect(terms.options.queue == "calls" && terms.options.priority == .low)
        #expect(terms.options.timeLimit == .seconds(1) && terms.options.softTimeLimit == .seconds(2))
        #expect(terms.options.ignoreResult == false && terms.unique == .untilDone)
        #expect(terms.options.expires == ManualTime.epoch && terms.expiresAfter == nil)
    }

    @Test("a call that names a queue leaves its task's exchange; one that names nothing has both")
    func route() {
        let exchange = ExchangeRoute(exchange: "feeds", routingKey: "k")
        let routed = TaskOptions(queue: "tasks", route: exchange)
        #expect(CallTerms(CallOptions(), over: routed).options.route == exchange)
        #expect(CallTerms(CallOptions(), over: routed).options.queue == "tasks")
        #expect(CallTerms(CallOptions(queue: "calls"), over: routed).options.route == nil)
        let other = ExchangeRoute(exchange: "others", routingKey: "k")
        #expect(CallTerms(CallOptions(queue: "calls", route: other), over: routed).options.route == other)
    }

    @Test("RQ's options win over both, and are completed by the call's")
    func job() throws {
        var call = CallOptions(id: "call", timeLimit: .seconds(1), ignoreResult: false, atFront: true)
        call.job = JobOptions(timeout: .seconds(3), resultTTL: .zero)
        let terms = CallTerms(call, over: task)
        #expect(terms.options.timeLimit == .seconds(3) && terms.options.ignoreResult == true)
        let job = try #require(terms.options.job)
        #expect(job.id == "call" && job.atFront)
        call.job = JobOptions(id: "job")
        #expect(CallTerms(call, over: task).options.id == "job")
    }
}
