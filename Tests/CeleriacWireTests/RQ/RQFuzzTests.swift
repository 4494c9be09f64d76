import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

@Suite("Mutated hashes of RQ")
struct RQFuzzTests {
    private static let seeds: [UInt64] = [1, 20_261_122, 0xCE1E_51AC]

    @Test("no mutation of a hash stops us, and what is read can be written and read again", arguments: seeds)
    func survives(seed: UInt64) async throws {
        let hashes = try Fixture.recordingsOfRQ().flatMap { try $0.recordedHashes().hashes }.filter {
            $0.fields.fields.count > 2
        }
        let limits = MessageLimits(bodyBytes: 64 << 10)
        var random = Generator(seed: seed)
        var (taken, refused) = (0, 0)
        for _ in 0..<4000 {
            await Task.yield()
            let fields = random.mutated(hashes[Int(random.next() % UInt64(hashes.count))].fields)
            if let job = try? RQJob(id: "j", fields: fields, limits: limits) {
                taken += 1
                #expect(try RQJob(id: "j", fields: job.fields(), limits: limits) == job, "seed \(seed)")
                if let call = try? job.call(limits: limits) {
                    #expect(call.arguments.positional.allSatisfy { $0.upperBound <= call.arguments.body.count })
                }
            } else {
                refused += 1
            }
            if let worker = try? RQWorker(name: "w", fields: fields) { _ = worker.fields }
            if let result = try? RQResult(fields: fields) {
                #expect(try RQResult(fields: result.fields()).kind == result.kind)
            }
            if let execution = try? RQExecution(id: "e", jobID: "j", fields: fields) { _ = execution.fields }
            if let scheduler = try? RQScheduler(name: "s", fields: fields) { _ = scheduler.fields }
            if let cron = try? RQCronScheduler(name: "c", fields: fields) { _ = cron.fields }
            if let text = fields.fields.first?.value { _ = try? RQCommand(payload: text) }
        }
        #expect(taken > 100 && refused > 100)
    }
}

extension Generator {
    /// One field changed, taken out or doubled.
    fileprivate mutating func mutated(_ fields: RQFields) -> RQFields {
        var list = fields.fields
        let place = Int(next() % UInt64(list.count))
        switch next() % 8 {
        case 0: list.remove(at: place)
        case 1: list.append(list[place])
        case 2: list[place] = RQFields.Field(list[Int(next() % UInt64(list.count))].name, list[place].value)
        default: list[place] = RQFields.Field(list[place].name, mutated(list[place].value))
        }
        return RQFields(list)
    }
}
