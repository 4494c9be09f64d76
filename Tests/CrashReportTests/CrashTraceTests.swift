@testable import CrashReport
import Testing

@Suite("What is read of a backtrace")
struct CrashTraceTests {
    @Test("a trap gives its message, signal, cause, thread, frames and images")
    func trap() throws {
        let trace = try #require(CrashTrace(lines: CrashTexts.index))
        #expect(trace.message == "Swift/ContiguousArrayBuffer.swift:692: Fatal error: Index out of range")
        #expect(trace.signal == 4)
        #expect(trace.cause == "Illegal instruction at 0x00007fc16916df7f")
        #expect(trace.thread == "oot.default-qos")
        #expect(trace.frames.count == 9)
        #expect(trace.frames.first == CrashFrame(index: 0, address: 0x7fc1_6916_df7f, kind: .instruction))
        #expect(trace.frames[3] == CrashFrame(index: 3, address: 0x55a5_7fed_671a, kind: .returnAddress))
        #expect(trace.frames.last == CrashFrame(index: 8, address: 0x7fc1_68fc_f310, kind: .resumption))
        #expect(trace.images.map(\.name).prefix(2) == ["a", "libswift_Concurrency.so"])
        #expect(trace.image(of: trace.frames[3])?.path == "/opt/demo/a")
        #expect(trace.images[0].buildID == "98e79b48c87f1b294ba586b9063e62211f58621f")
    }

    @Test("a message of several lines is kept whole, without what the backtracer says between")
    func twoLines() throws {
        let lines = ["hello", "a.swift:1: Fatal error: of before", "goodbye"] + CrashTexts.fatal
        let trace = try #require(CrashTrace(lines: lines))
        #expect(trace.message == "a/a.swift:10: Fatal error: my message\nsecond line")
        #expect(trace.firstLine == 3)
    }

    @Test(
        "what the program itself wrote stands before the first line",
        arguments: [CrashTexts.abort, CrashTexts.arithmetic])
    func withoutWords(text: [String]) throws {
        let trace = try #require(CrashTrace(lines: ["one", "two"] + text))
        #expect(trace.message == nil)
        #expect(trace.firstLine == 2)
        #expect(!trace.frames.isEmpty)
    }

    @Test("the runtime's and C's own last words are messages too")
    func lastWords() throws {
        let cast = try #require(CrashTrace(lines: CrashTexts.cast))
        #expect(cast.message?.hasPrefix("Could not cast value of type 'Swift.Int'") == true)
        #expect(cast.signal == 6)
        let freed = try #require(CrashTrace(lines: ["free(): invalid pointer"] + CrashTexts.abort))
        #expect(freed.message == "free(): invalid pointer")
    }

    @Test("an overflow of the stack is told in a few lines")
    func overflow() throws {
        let trace = try #require(CrashTrace(lines: CrashTexts.overflow))
        #expect(trace.frames.count > 40)
        let lines = trace.description.split(separator: "\n").map(String.init)
        #expect(lines.count < 10)
        #expect(lines.contains { $0.hasSuffix("(46 times)") })
        #expect(lines.contains("..."))
    }

    @Test("names and paths may have spaces in them")
    func spaces() throws {
        let trace = try #require(CrashTrace(lines: CrashTexts.spaces))
        let image = try #require(trace.images.first)
        #expect(image.name == "e with space")
        #expect(image.path == "/opt/demo/e with space")
        #expect(trace.thread == "e with space")
    }

    @Test("the description shows places until there are names")
    func description() throws {
        var trace = try #require(CrashTrace(lines: CrashTexts.index))
        #expect(
            trace.description.hasPrefix(
                """
                Swift/ContiguousArrayBuffer.swift:692: Fatal error: Index out of range
                Program crashed: Illegal instruction at 0x00007fc16916df7f, signal 4, in thread "oot.default-qos"
                0  libswiftCore.so + 0x16df7f
                """))
        trace.frames[3].function = "boom(_:_:)"
        #expect(trace.description.contains("\n3  boom(_:_:) in a\n"))
        trace.images = []
        #expect(trace.description.contains("\n0  0x7fc16916df7f\n"))
    }

    @Test("a description has forty lines of frames at most")
    func long() throws {
        let frames = (0..<100).map { "\($0) [ra] 0x\(String($0 + 16, radix: 16))" }
        let trace = try #require(CrashTrace(lines: ["*** Program crashed: x ***", "Thread 0 crashed:"] + frames))
        #expect(trace.frames.count == 100)
        #expect(trace.description.split(separator: "\n").count == 42)
        #expect(trace.description.hasSuffix("39  0x37\n..."))
    }

    @Test("lines without a backtrace are none")
    func none() {
        #expect(CrashTrace(lines: []) == nil)
        #expect(CrashTrace(lines: ["Fatal error: all lost", "*** Signal 4 ***", "0 0x1234"]) == nil)
    }

    @Test("of two crashes the last is taken")
    func last() throws {
        let trace = try #require(CrashTrace(lines: CrashTexts.abort + ["on it goes"] + CrashTexts.fatal))
        #expect(trace.signal == 4)
        #expect(trace.frames.count == 7)
    }

    @Test("a trace that breaks off anywhere, or is garbled, is read as far as it goes")
    func garbled() {
        var chance = SystemRandomNumberGenerator()
        var symbolizer = Symbolizer()
        for length in CrashTexts.index.indices {
            _ = CrashTrace(lines: Array(CrashTexts.index.prefix(length)))?.description
        }
        for _ in 0..<300 {
            let lines = CrashTexts.overflow.map { line in
                var scalars = Array(line.unicodeScalars)
                if !scalars.isEmpty, Bool.random(using: &chance) {
                    scalars[Int.random(in: scalars.indices, using: &chance)] = ["0", "x", "–", " ", "9", "/"]
                        .randomElement()!
                }
                return String(String.UnicodeScalarView(scalars))
            }
            _ = CrashTrace(lines: lines.shuffled())?.symbolicated(by: &symbolizer).description
        }
    }
}
