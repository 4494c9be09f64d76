import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import RESPClient
import RedisKit
import Testing

@testable import CeleriacRQ

@Suite("Webhooks are sent as RQ sends them", .oneServer, .timeLimit(.minutes(15)))
struct RQWebhookTests {
    private let time = ManualTime()

    /// A job with a webhook for each end, by `POST`, and one by `GET`.
    private func job(_ id: TaskID, _ port: Int, retries: Int? = nil) throws -> RQEnqueueing {
        var job = try RQEnqueueLayoutTests.job(id)
        let url = "http://127.0.0.1:\(port)"
        job.webhooks = [
            RQWebhook(
                url: "\(url)/ok?key=1", on: .finished, method: "POST", headers: ["X-A": "1", "content-type": "text/x"]),
            RQWebhook(url: "\(url)/bad", on: .failed, method: "POST"), RQWebhook(url: "\(url)/get", on: .finished),
        ]
        job.retriesLeft = retries
        return RQEnqueueing(job, to: "default")
    }

    private func end(_ store: RQStore, _ settlement: Settlement, _ state: TaskState, _ failure: TaskFailure? = nil)
        async throws
    {
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            let change = StateChange.ended(delivery.id, state, result: "5", failure: failure, at: time.now)
            _ = try await store.complete([Completion(receipt: delivery.receipt, settlement: settlement, change: change)]
            )
        }
        await store.webhooks.finish(within: .seconds(30))
    }

    @Test("what is asked for at this end goes out: method, path, headers and RQ's JSON")
    func sends() async throws {
        try await HTTPSink.run { sink in
            let store = try RQStores.inVirtualTime(time)
            try await store.enqueue([job("a", sink.port)])
            try await end(store, .ack, .success)
            let requests = sink.requests.sorted { $0.method > $1.method }
            #expect(requests.map(\.method) == ["POST", "GET"])
            #expect(requests.map(\.path) == ["/ok?key=1", "/get"])
            let body = try JSONValue(parsing: requests[0].body)
            #expect(
                Set((body.membersByName ?? [:]).keys) == ["job_id", "func_name", "status", "enqueued_at", "ended_at"])
            #expect(body["job_id"] == "a" && body["status"] == "finished")
            #expect(body["ended_at"]?.stringValue?.hasSuffix("+00:00") == true)
            #expect(requests[0].headers["X-A"] == "1")
            // The job's own takes the place of ours.
            #expect(requests[0].headers.filter { $0.key.lowercased() == "content-type" }.map(\.value) == ["text/x"])
            #expect(requests[0].headers["Content-Length"] == String(requests[0].body.utf8.count))
            #expect(requests[0].headers["Host"] == "127.0.0.1:\(sink.port)")
            #expect(requests[1].body == "")
            await store.close()
        }
    }

    @Test(
        "a failure tells its traceback, once it is for good; a job that is tried again, stopped or canceled tells nothing"
    )
    func failure() async throws {
        try await HTTPSink.run { sink in
            let store = try RQStores.inVirtualTime(time)
            let failure = TaskFailure(type: "ValueError", message: "boom")
            try await store.enqueue([job("a", sink.port, retries: 1)])
            try await end(store, .deadLetter(reason: "no"), .failure, failure)
            #expect(sink.requests.isEmpty)
            try await end(store, .deadLetter(reason: "no"), .failure, failure)
            #expect(sink.requests.map(\.path) == ["/bad"])
            let body = try JSONValue(parsing: try #require(sink.requests.first).body)
            #expect(body["status"] == "failed" && body["exc_info"] == "ValueError: boom")
            try await store.enqueue([job("b", sink.port)])
            try await end(store, .ack, .revoked)
            try await store.enqueue([job("c", sink.port)])
            store.identity.stop("c")
            try await end(store, .ack, .revoked)
            #expect(sink.requests.count == 1)
            await store.close()
        }
    }

    @Test("redirects are not followed, and what goes wrong is logged without path, query and headers")
    func troubles() async throws {
        let log = LogLines()
        try await HTTPSink.run({ request in
            request.path == "/get" ? .answer(.found, ["Location": "/elsewhere"]) : .answer(.internalServerError)
        }) { sink in
            let store = try RQStores.inVirtualTime(time, logger: log.logger)
            try await store.enqueue([job("a", sink.port)])
            try await end(store, .ack, .success)
            #expect(sink.requests.count == 2)
            #expect(log.lines.count == 2)
            for line in log.lines {
                #expect(line.contains("A webhook was not delivered"))
                #expect(
                    !line.contains("key=1") && !line.contains("X-A") && !line.contains("/ok") && !line.contains("/get"),
                    "\(line)")
            }
            await store.close()
        }
    }

    @Test(
        "an address that cannot be called is refused, and the job is not touched",
        arguments: [
            "ftp://127.0.0.1/x", "file:///etc/passwd", "http://", "http://ada:secret@127.0.0.1/", "http://127.0.0.1:0/",
            "nonsense", "http://127.0.0.1:99999/",
        ])
    func refusals(url: String) async throws {
        let call = WebhookCall(job: "a", webhook: RQWebhook(url: url, on: .finished), body: nil)
        #expect(throws: WebhookRequest.Refusal.self) { try WebhookRequest(call) }
        let log = LogLines()
        let sender = WebhookSender(log.logger)
        sender.send([call])
        await sender.finish(within: .seconds(30))
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.contains("secret") == false)
    }

    @Test("a header that would break out of its line is not sent")
    func smuggling() async throws {
        try await HTTPSink.run { sink in
            let log = LogLines()
            let sender = WebhookSender(log.logger)
            let webhook = RQWebhook(
                url: "http://127.0.0.1:\(sink.port)/", on: .finished, headers: ["X-A": "1\r\nX-B: 2"])
            sender.send([WebhookCall(job: "a", webhook: webhook, body: nil)])
            await sender.finish(within: .seconds(30))
            #expect(sink.requests.isEmpty)
            #expect(log.lines.count == 1)
        }
    }

    @Test("a server that speaks no TLS is told nothing over https")
    func plain() async throws {
        try await HTTPSink.run { sink in
            let log = LogLines()
            let sender = WebhookSender(log.logger)
            let webhook = RQWebhook(url: "https://127.0.0.1:\(sink.port)/", on: .finished)
            sender.send([WebhookCall(job: "a", webhook: webhook, body: nil)])
            await sender.finish(within: .seconds(30))
            #expect(sink.requests.isEmpty)
            #expect(log.lines.count == 1)
        }
    }

    @Test("an end waits for those that are not sent yet, but not for ever; few are under way at once")
    func patience() async throws {
        try await HTTPSink.run({ _ in .silence }) { sink in
            let sender = WebhookSender(.quiet)
            let webhook = RQWebhook(url: "http://127.0.0.1:\(sink.port)/", on: .finished, timeout: RQSpan(seconds: 60))
            sender.send((0..<40).map { _ in WebhookCall(job: "a", webhook: webhook, body: nil) })
            await sink.untilRequests(16)
            await sender.finish(within: .milliseconds(50))
            #expect(sink.requests.count == 16)
        }
    }

    @Test("they are not sent where the store says so")
    func ignored() async throws {
        try await HTTPSink.run { sink in
            let store = try RQStores.inVirtualTime(time) { $0.webhooks = .ignore }
            try await store.enqueue([job("a", sink.port)])
            try await end(store, .ack, .success)
            #expect(sink.requests.isEmpty)
            await store.close()
        }
        let address = try RQAddress(BackendURL("rq://localhost?webhooks=ignore&schedules=false"))
        #expect(address.options.webhooks == .ignore)
        #expect(!address.options.schedules)
        #expect(throws: CeleriacError.self) { try RQAddress(BackendURL("rq://localhost?webhooks=perhaps")) }
    }
}
