import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

/// Hashes written by hand, and what the real RQ made of them.
@Suite("Handmade data of RQ")
struct HandmadeRQTests {
    private func variants(_ name: String) throws -> [JSONValue] {
        try #require(try Fixture(name, in: "rq").document["variants"]?.arrayValue)
    }

    @Test("a job is taken where RQ's worker takes it, and where it dies of a date")
    func readsJobs() throws {
        for variant in try variants("acceptance-jobs") {
            let name = try #require(variant["variant"]?.stringValue)
            guard variant["hash"] != nil else { continue }
            let fields = try RQFields(recorded: variant["hash"])
            if name == "no-data" {
                let error = try #require(throws: CeleriacError.self) { try RQJob(id: "j", fields: fields) }
                #expect(error.message.contains("field data"))
                continue
            }
            let job = try RQJob(id: "j", fields: fields)
            let isCall = !["data-3-items", "data-not-json"].contains(name)
            #expect(((try? job.call()) != nil) == isCall, "\(name)")
            if variant["return_value"] == "5" {
                let call = try job.call(as: .json)
                #expect(call.arguments.positional.count == 2 && call.task == "rqtasks.add", "\(name)")
            }
            if name == "created-offset" {
                #expect(job.createdAt == Date(timeIntervalSince1970: 1_767_225_600.123456))
                #expect(try job.fields()["created_at"] == Array("2026-01-01T00:00:00.123456Z".utf8))
            }
            if name == "only-data" { #expect(throws: CeleriacError.self) { try job.queue() } }
        }
    }

    @Test("a result is read where RQ's client reads it, and refused where that raises")
    func readsResults() throws {
        for variant in try variants("acceptance-results") {
            let name = try #require(variant["variant"]?.stringValue)
            let fields = try RQFields(recorded: variant["result_fields"])
            guard !fields.fields.isEmpty else { continue }
            let told = variant.at("client_sees", "latest_result.type")?.stringValue ?? ""
            let isRefused = told.hasPrefix("raises")
            let read: RQResult? = try? {
                let result = try RQResult(fields: fields)
                _ = try result.returnValue.map { try RQSerializer.json.json(of: $0) }
                return result
            }()
            #expect((read == nil) == isRefused, "\(name)")
            if let read, name != "unknown-status" { #expect(told == "'\("\(read.kind)".uppercased())'", "\(name)") }
            if let text = read?.exceptionText {
                #expect(
                    "'\(text.replacingOccurrences(of: "\n", with: "\\n"))'"
                        == variant.at("client_sees", "exc_string")?.stringValue)
            }
        }
        let unknown = try #require(try variants("acceptance-results").first { $0["variant"] == "unknown-status" })
        let error = try #require(throws: CeleriacError.self) {
            try RQJob(id: "j", fields: RQFields(recorded: unknown["hash"]))
        }
        #expect(error.message.contains("field status") && error.message.contains("weird"))
    }

    @Test("a worker is read with whatever fields it has, and written again the same")
    func readsWorkers() throws {
        for variant in try variants("acceptance-worker-hash") {
            let fields = try RQFields(recorded: variant["worker_hash"])
            let worker = try RQWorker(name: "s1", fields: fields)
            let written = worker.fields
            for field in fields.fields { #expect(written[field.name] == field.value, "\(field.name)") }
            let hasQueues = fields["queues"] != nil
            #expect(written.fields.count == fields.fields.count + (hasQueues ? 0 : 1))
        }
    }
}
