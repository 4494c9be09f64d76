import CeleriacCanvas
import CeleriacCore
import CeleriacWire
import Testing

/// Broken and hostile canvases: they may be refused, but they stop nothing.
@Suite("Mutated canvases")
struct CanvasFuzzTests {
    @Test("no mutation of an embed or a signature stops us", arguments: [1, 20_261_122, 0xCE1E_51AC] as [UInt64])
    func survives(seed: UInt64) async throws {
        var random = Generator(seed: seed)
        var texts =
            try Fixture("signature-dicts").document["signatures"]?.objectValue?.sorted { $0.key < $1.key }
            .map { #"{"callbacks":[\#($1.text)],"errbacks":null,"chain":[],"chord":null}"#.utf8 }.map { Array($0) }
            ?? []
        for name in RecordedExpansionTests.all.map(\.name) {
            texts += try Fixture(name).canvasMessages.map(\.embedText).filter { $0.count > 80 }
        }
        var read = 0
        for _ in 0..<3000 {
            await Task.yield()
            let text = random.mutated(texts[Int(random.next() % UInt64(texts.count))])
            guard let embed = try? CanvasCodec(priorities: .lowFirst).decodeEmbed(text) else { continue }
            read += 1
            try follow(embed, seed)
        }
        #expect(read > 100, "seed \(seed)")
    }

    /// Everything that is done with an embed. What is written is read back as the same.
    private func follow(_ embed: CanvasEmbed, _ seed: UInt64) throws {
        let codec = CanvasCodec(priorities: .lowFirst)
        let written = codec.encode(embed)
        #expect(codec.encode(try codec.decodeEmbed(written)) == written, "seed \(seed)")
        var headers = MessageHeaders(id: "id", task: "t")
        (headers.group, headers.groupIndex) = ("g", 0)
        let call = FinishedCall(headers: headers, embed: embed)
        let failure = TaskFailure(type: "E", message: "m")
        for outcome: CanvasOutcome in [.success(result: [0x31]), .failure(failure), .revoked(failure), .ignored] {
            let first = try? CanvasContinuation(of: call, outcome, in: Sample.surroundings)
            #expect(first == (try? CanvasContinuation(of: call, outcome, in: Sample.surroundings)), "seed \(seed)")
            if let first { _ = codec.messages(of: first.plan.calls) }
        }
        for signature in [embed.callbacks, embed.errbacks, embed.chain].flatMap({ $0 ?? [] }) {
            _ = try? CanvasGraph(CanvasStamping(appends: true).stamp(signature, with: ["a": 1])).mermaid
            _ = try? CanvasReplacement.plan(of: call, by: signature, in: Sample.surroundings)
        }
    }
}
