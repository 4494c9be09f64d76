import Foundation
import TestKit
import Testing

extension Interop {
    @Suite("Flask and RQ in front of Swift, Swift in front of an RQ worker", .timeLimit(.minutes(15)))
    struct RQBridgeTests {
        @Test("the example's script starts all, both directions work, and a crash fails its own job alone")
        func script() async throws {
            let done = try await Program.run(
                Places.package.appending(path: "Examples/RQBridge/run"), [],
                environment: ["RQBRIDGE": builtProgram("rqbridge").path, "KEEP": "0"])
            #expect(done.exit == 0, "\(done.out)\n\(done.err)")
            for text in [
                "HTTP/1.1 202 ACCEPTED", "Location: /charts/", #""progress":{"fraction":0"#, #""status":"started""#,
                #""bars":["====================","=======","============="]"#,
                "3 values, mean 2.0, median 2.0, deviation 1.0",
                #""error":"billiard.exceptions.WorkerLostError: child process "#, " crashed by SIG",
                #""title":"Waves"},"status":"finished""#, " swift. jobs: 2 finished, 1 failed",
                " python. jobs: 1 finished, 0 failed", "Both ways work.",
            ] {
                #expect(done.out.contains(text), "\(text) is missing in:\n\(done.out)")
            }
        }
    }
}
