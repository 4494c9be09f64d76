#if os(Linux)
    @testable import CrashReport
    import Foundation
    import Testing

    @Suite("What is mapped into a process")
    struct MemoryMapTests {
        private static let text = """
            55a57fed3000-55a57fed5000 r--p 00000000 fe:01 4242   /opt/a demo/a
            55a57fed5000-55a57fed8000 r-xp 00002000 fe:01 4242   /opt/a demo/a
            55a581000000-55a581021000 rw-p 00000000 00:00 0      [heap]
            7fc168c00000-7fc168e00000 r--p 00000000 fe:01 17     /usr/lib/libswiftCore.so
            7fc168e00000-7fc168f00000 rw-p 00000000 00:00 0
            7fc168f00000-7fc169000000 rw-p 00200000 fe:01 17     /usr/lib/libswiftCore.so
            7ffd10000000-7ffd10021000 rw-p 00000000 00:00 0      [stack]
            """

        @Test("each file is one image, from its first byte to its last")
        func files() {
            let images = MemoryMap.images(in: Self.text)
            #expect(images.map(\.name) == ["a", "libswiftCore.so"])
            #expect(images.map(\.path) == ["/opt/a demo/a", "/usr/lib/libswiftCore.so"])
            #expect(images.map(\.inode) == [4242, 17])
            #expect(images.map(\.range) == [0x55a5_7fed_3000..<0x55a5_7fed_8000, 0x7fc1_68c0_0000..<0x7fc1_6900_0000])
        }

        @Test("a file that took another's place is another image")
        func replaced() {
            let text = Self.text.replacing("00002000 fe:01 4242", with: "00002000 fe:01 4243")
            #expect(MemoryMap.images(in: text).map(\.inode) == [4242, 4243, 17])
        }

        @Test("a trace keeps those that its frames lie in")
        func crossed() throws {
            let lines = ["*** Program crashed: x ***", "Thread 0 crashed:", "0 0x000055a57fed5010"]
            let trace = try #require(CrashTrace(lines: lines, mapped: MemoryMap.images(in: Self.text)))
            #expect(trace.images.map(\.name) == ["a"])
            #expect(trace.description.hasSuffix("0  a + 0x2010"))
        }

        @Test("lines that are none of that list are passed over")
        func garbled() {
            #expect(MemoryMap.images(in: "x\n1-2 r\nzz-1 r 0 0 1 /a\n2-1 r 0 0 1 /a\n1-2 r 0 0 x /a\n").isEmpty)
        }

        @Test("this process has its own program in it, and one that is none has nothing")
        func real() {
            let own = MemoryMap.images(of: ProcessInfo.processInfo.processIdentifier)
            #expect(own.contains { $0.path.hasPrefix("/") && $0.range.count > 1 << 20 })
            #expect(MemoryMap.images(of: -1).isEmpty)
        }
    }

#endif
