import Celeriac
import CeleriacCore
import FlaskBridge
import Foundation
import RabbitMQUnderTest
import TestKit
import Testing

extension Interop {
    @Suite("Flask in front of Swift, Swift in front of Python", .timeLimit(.minutes(15)))
    struct FlaskBridgeTests {
        private static let folder = Places.package.appending(path: "Examples/FlaskBridge")

        /// What the script takes for its variable `BROKER`. RabbitMQ's tests need the server's programs.
        private static let brokers = ["redis"] + (RabbitMQServer.isExpected ? ["rabbitmq", "amqp"] : [])

        @Test("the example's script starts both, and both directions work", arguments: brokers)
        func script(broker: String) async throws {
            let broker = broker == "amqp" ? try await Fleet.virtualHost() : broker
            let done = try await Program.run(
                Self.folder.appending(path: "run"), [],
                environment: ["FLASKBRIDGE": builtProgram("flaskbridge").path, "KEEP": "0", "BROKER": broker])
            #expect(done.exit == 0, "\(done.out)\n\(done.err)")
            for text in [
                "HTTP/1.1 202 ACCEPTED", "Location: /reports/", #""state":"PROGRESS""#, #""note":"page "#,
                #""state":"SUCCESS""#, #""lines":["Tides, page 1","Tides, page 2","Tides, page 3"]"#,
                #"5 words, the longest is "quick"; it starts: the quick"#, "Both ways work.",
            ] {
                #expect(done.out.contains(text), "\(text) is missing in:\n\(done.out)")
            }
            #expect(done.out.contains("RabbitMQ carries the messages") == (broker != "redis"))
        }

        @Test("the example's script refuses a broker that it does not know")
        func unknownBroker() async throws {
            let done = try await Program.run(
                Self.folder.appending(path: "run"), [],
                environment: ["FLASKBRIDGE": builtProgram("flaskbridge").path, "BROKER": "kafka"])
            #expect(done.exit == 1)
            #expect(done.err.contains("BROKER is redis, rabbitmq or the URL of a RabbitMQ server"))
        }

        @Test("the example's Python module is what its Swift tasks give")
        func module() async throws {
            let words =
                "stubs --python --celery-app celery_app:celery --out Examples/FlaskBridge/Python/bridge_tasks.py "
                + "--check"
            let done = try await Program.run(
                URL(filePath: "/bin/sh"),
                ["-c", "cd '\(Places.package.path)' && exec '\(builtProgram("flaskbridge").path)' \(words)"],
                environment: ["CELERIAC_BROKER_URL": "redis://127.0.0.1:1"])
            #expect(done.exit == 0, "\(done.err)")
        }

        @Test("a public stub is called from another module")
        func otherModule() {
            let call = Texts.$summary("a b c", first: 2)
            #expect(call.task == "texts.summary" && call.taskOptions.queue == "python")
            #expect(call.arguments.args == Array(#"["a b c"]"#.utf8))
            #expect(call.arguments.kwargs == Array(#"{"limit":2}"#.utf8))
        }
    }
}
