import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

/// Every hash, result and command in every recording of RQ.
@Suite("Recordings of the real RQ")
struct RQRecordingTests {
    /// Recordings of commands that write none of our hashes.
    private static let withoutHashes: Set = ["job-delete", "reads", "rq-info", "suspend-resume"]

    @Test(
        "something of ours is in every recording but those that only read or wait",
        arguments: try Fixture.recordingsOfRQ())
    func recognises(fixture: Fixture) throws {
        let (hashes, messages) = try fixture.recordedHashes()
        #expect((hashes.isEmpty && messages.isEmpty) == Self.withoutHashes.contains(fixture.name))
        for hash in hashes where hash.key?.hasPrefix("rq:") == true {
            let kinds = ["job", "worker", "execution", "results", "scheduler", "cron_scheduler", "rl"]
            #expect(kinds.contains { hash.isOf($0) }, "\(hash.key ?? "")")
        }
    }

    @Test("every job is read, and written again byte for byte", arguments: try Fixture.recordingsOfRQ())
    func readsJobs(fixture: Fixture) throws {
        for hash in try fixture.recordedHashes().hashes where hash.isOf("job") && hash.has("data") {
            let job = try RQJob(id: TaskID(hash.id), fields: hash.fields)
            if let unpacked = hash.unpacked { #expect(job.data == unpacked) }
            #expect(try job.queue().rawValue == job.origin)
            hash.expectSame(try job.fields(), "\(fixture.name) \(hash.id)")
        }
    }

    @Test("every change of a job's hash can be read upon the job", arguments: try Fixture.recordingsOfRQ())
    func readsChanges(fixture: Fixture) throws {
        for hash in try fixture.recordedHashes().hashes where hash.isOf("job") && !hash.has("data") {
            let whole = RQFields([.init("data", "[]")] + hash.fields.fields)
            let written = try RQJob(id: TaskID(hash.id), fields: whole).fields()
            for field in hash.fields.fields { #expect(written[field.name] == field.value, "\(field.name)") }
        }
    }

    @Test(
        "every call is read, and written again byte for byte, with the description that people see",
        arguments: try Fixture.recordingsOfRQ())
    func readsCalls(fixture: Fixture) throws {
        for hash in try fixture.recordedHashes().hashes where hash.isOf("job") && hash.has("data") {
            let job = try RQJob(id: TaskID(hash.id), fields: hash.fields)
            let call = try job.call()
            #expect(call.task.rawValue.hasPrefix("rqtasks."))
            let arguments = try call.encodedArguments()
            let serializer = RQSerializer(detecting: job.data)
            #expect(try RQCall.encode(call.task, arguments, as: serializer) == job.data, "\(fixture.name) \(hash.id)")
            if job.description != "sum" { #expect(RQDescription.text(of: call.task, arguments) == job.description) }
        }
    }

    @Test("every result is read, and written again byte for byte", arguments: try Fixture.recordingsOfRQ())
    func readsResults(fixture: Fixture) throws {
        let serializer: RQSerializer = fixture.name.contains("pickle") ? .pickle : .json
        for hash in try fixture.recordedHashes().hashes where hash.isOf("results") {
            let result = try RQResult(fields: hash.fields)
            hash.expectSame(try result.fields(), "\(fixture.name)")
            guard let value = result.returnValue else { continue }
            #expect(RQSerializer(detecting: value) == serializer || fixture.name == "worker-multi-queue-scheduler")
            let json = try JSONValue(parsing: RQSerializer(detecting: value).json(of: value)).bytes
            #expect(try RQSerializer(detecting: value).serialized(json) == value)
        }
    }

    @Test(
        "every worker, execution and scheduler is read, and written again byte for byte",
        arguments: try Fixture.recordingsOfRQ())
    func readsWorkers(fixture: Fixture) throws {
        for hash in try fixture.recordedHashes().hashes {
            let place: Comment = "\(fixture.name) \(hash.key ?? "")"
            if hash.isOf("worker") {
                let worker = try RQWorker(name: hash.id, fields: hash.fields)
                if hash.has("birth") { hash.expectSame(worker.fields, place) }
                for field in hash.fields.fields { #expect(worker.fields[field.name] == field.value, place) }
            } else if hash.isOf("execution"), hash.has("created_at") {
                hash.expectSame(try RQExecution(id: "", jobID: "", fields: hash.fields).fields, place)
            } else if hash.isOf("scheduler"), hash.has("name") {
                hash.expectSame(try RQScheduler(name: "", fields: hash.fields).fields, place)
            } else if hash.isOf("cron_scheduler") {
                hash.expectSame(try RQCronScheduler(name: "", fields: hash.fields).fields, place)
            }
        }
    }

    @Test("every command is read, and written again byte for byte", arguments: try Fixture.recordingsOfRQ())
    func readsCommands(fixture: Fixture) throws {
        for message in try fixture.recordedHashes().messages {
            #expect(try RQCommand(payload: message).payload == message)
        }
    }

    @Test("the recordings hold as many things of each kind as they should")
    func countsAll() throws {
        let all = try Fixture.recordingsOfRQ().map { try $0.recordedHashes() }
        let hashes = all.flatMap(\.hashes)
        #expect(hashes.count { $0.isOf("job") && $0.has("data") } > 150)
        #expect(hashes.count { $0.isOf("results") } > 60)
        #expect(hashes.count { $0.isOf("worker") && $0.has("birth") } >= 4)
        #expect(hashes.count { $0.isOf("execution") && $0.has("created_at") } >= 40)
        #expect(hashes.count { $0.isOf("scheduler") && $0.has("name") } >= 1)
        #expect(hashes.count { $0.isOf("cron_scheduler") } >= 3)
        #expect(Set(all.flatMap(\.messages)).count == 4)
    }
}

extension RQCall {
    /// The arguments, to be sent again.
    func encodedArguments() throws -> EncodedArguments {
        func value(_ range: Range<Int>) throws -> JSONValue { try JSONValue(parsing: arguments.body[range]) }
        let keywords = try arguments.keywords.map { ($0.name, try value($0.range)) }
        return EncodedArguments(
            args: try arguments.positional.map(value), kwargs: Dictionary(keywords, uniquingKeysWith: { $1 }))
    }
}
