import CTaskRecords
import Celeriac
import Testing

@Suite("Discovery")
struct DiscoveryTests {
    @Test(
        "finds tasks of every access and place, each once",
        arguments: [
            "addTwo", "secret", "old", "open", "boxed", "default", "onMain", "cook", "Kitchen.boil", "Screens.draw",
            "Screens.clear",
            "Mail.send", "Mail.hidden", "Mail.Box.twice", "Mail.Box.thrice", "Ancestor.name", "Crowded.squeeze",
        ])
    func finds(name: String) {
        let found = TaskDiscovery.all().filter { $0.name.rawValue == "CeleriacMacroTests.\(name)" }
        #expect(found.count == 1)
    }

    @Test("finds tasks under the names they were given")
    func findsNamed() {
        let names = TaskDiscovery.all().map(\.name)
        #expect(names.contains("shapes.greet"))
        #expect(names.contains("report"))
    }

    @Test("finds the same tasks when asked again")
    func repeats() {
        #expect(TaskDiscovery.all().map(\.name) == TaskDiscovery.all().map(\.name))
    }

    @Test("gives back tasks that run")
    func runs() async throws {
        let task = try #require(TaskDiscovery.all().first { $0.name == "CeleriacMacroTests.addTwo" })
        let definition = try #require(task as? any TaskDefinition)
        #expect(try await result(of: definition) == "5")
    }

    private func result(of task: some TaskDefinition) async throws -> String {
        String(decoding: try task.encodeResult(await outcome(task, "[2,3]", "{}")), as: UTF8.self)
    }

    @Test("passes over padding, other kinds and other versions in the section")
    func foreignData() {
        let ours = record(kind: UInt32(CELERIAC_TASK_KIND), version: UInt32(CELERIAC_TASK_VERSION))
        let words: [UInt64] =
            [0, 0xFFFF_FFFF_FFFF_FFFF] + ours + [0]
            + record(kind: UInt32(CELERIAC_TASK_KIND), version: 2) + record(kind: 1, version: 1) + ours
        #expect(countRecords(in: words) == 2)
        #expect(countRecords(in: []) == 0)
    }

    @Test("does not read a record that is cut off")
    func cutOff() {
        let ours = record(kind: UInt32(CELERIAC_TASK_KIND), version: UInt32(CELERIAC_TASK_VERSION))
        #expect(countRecords(in: Array(ours.dropLast())) == 0)
    }

    /// A record as it lies in memory; its accessor is never called here.
    private func record(kind: UInt32, version: UInt32) -> [UInt64] {
        [UInt64(kind) | UInt64(version) << 32, 8, 0]
    }

    private func countRecords(in words: [UInt64]) -> Int {
        var count = 0
        words.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            celeriac_each_task_record_in(
                start, bytes.count, { _, count in count!.assumingMemoryBound(to: Int.self).pointee += 1 }, &count)
        }
        return count
    }
}
