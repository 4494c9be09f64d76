import TestKit

#if os(Linux)
    @testable import CeleriacPool
    @testable import CrashReport
    import Foundation
    import Testing

    /// Real crashes of a real program.
    @Suite("The trace of a crash")
    struct CrashTraceTests {
        @Test(
            "names the functions that it came through", .timeLimit(.minutes(15)),
            arguments: [
                ("index", "Fatal error: Index out of range"),
                ("unwrap", "Fatal error: Unexpectedly found nil while unwrapping an Optional value"),
                ("fatal", "Fatal error: told to\nin two lines"),
            ])
        func names(way: String, message: String) async throws {
            let trace = try #require(try await Self.trace(of: way))
            #expect(trace.message?.hasSuffix(message) == true)
            #expect(trace.signal == SIGILL || trace.signal == SIGTRAP)
            var symbolizer = Symbolizer()
            let functions = trace.symbolicated(by: &symbolizer).frames.compactMap(\.function)
            #expect(functions.contains("innerStep(_:_:)"))
            #expect(functions.contains("outerStep(_:_:)"))
            #expect(functions.contains { $0.contains("_assertionFailure") })
        }

        @Test("of a full stack names who filled it", .timeLimit(.minutes(15)))
        func overflow() async throws {
            let trace = try #require(try await Self.trace(of: "overflow"))
            #expect(trace.signal == SIGSEGV)
            var symbolizer = Symbolizer()
            #expect(trace.symbolicated(by: &symbolizer).description.contains("innerStep(_:_:) in CrashDummy ("))
        }

        @Test("tells an abort", .timeLimit(.minutes(15)), arguments: ["abort", "cast"])
        func abort(way: String) async throws {
            let trace = try #require(try await Self.trace(of: way))
            #expect(trace.signal == SIGABRT)
            #expect(trace.cause?.hasPrefix("Aborted") == true)
            #expect((trace.message != nil) == (way == "cast"))
        }

        @Test("finds no names in a file that was replaced since", .timeLimit(.minutes(15)))
        func replaced() async throws {
            var trace = try #require(try await Self.trace(of: "index"))
            let own = try #require(trace.images.firstIndex { $0.name == "CrashDummy" })
            let old = trace.images[own]
            trace.images[own] = CrashImage(range: old.range, inode: 1, name: old.name, path: old.path)
            var symbolizer = Symbolizer()
            let functions = trace.symbolicated(by: &symbolizer).frames.compactMap(\.function)
            #expect(!functions.contains("innerStep(_:_:)"))
        }

        /// As a supervisor comes to it: while the process waits for its backtrace, what is mapped into it can be read.
        private static func trace(of way: String) async throws -> CrashTrace? {
            let process = Process()
            let errors = Pipe.unshared()
            process.executableURL = builtProgram("CrashDummy")
            process.arguments = [way]
            process.environment = ["SWIFT_BACKTRACE": CrashTrace.environment]
                .merging(ProcessInfo.processInfo.environment) { own, _ in own }
            process.standardError = errors
            try process.begin()
            let (reading, pid) = (errors.fileHandleForReading, process.processIdentifier)
            return try await offPool {
                var lines = OutputLines()
                var images: [CrashImage] = []
                while case let bytes = reading.availableData, !bytes.isEmpty {
                    bytes.withUnsafeBytes { lines.append($0) }
                    if lines.announcesBacktrace, images.isEmpty { images = MemoryMap.images(of: pid) }
                }
                return CrashTrace(lines: lines.all, mapped: images)
            }
        }
    }
#endif
