import Celeriac
import Foundation

// snippet.tasks
@Task func fetch(_ page: URL) async throws -> [String] { [page.absoluteString] }
@Task func count(_ words: [String]) -> Int { words.count }
@Task func longest(_ words: [String]) -> Int { words.map(\.count).max() ?? 0 }
@Task func sum(_ counts: [Int]) -> Int { counts.reduce(0, +) }
@Task func archive(_ words: [String]) {}
// snippet.end

@main
struct Workflows {
    /// Sends only; a worker of the same tasks runs what was sent.
    static func main() async throws {
        let app = try TaskApp("memory://workflows", schemes: [.memory])
        let pages = [URL(filePath: "/a"), URL(filePath: "/b")]
        try await app.use {
            try await stamps(pages, app)
            try await whole(pages)
            try await group(pages.map { $fetch($0) }).skewed(by: .milliseconds(200)).delay()
        }
        try draw(pages)
    }

    static func stamps(_ pages: [URL], _ app: TaskApp) async throws {
        // snippet.stamps
        try await chain($fetch(pages[0]), $count.then()).stamped(["tenant": "acme"]).delay()
        try await group(pages.map { $fetch($0) }).stamped { place, signature, _ in
            place == .signature ? ["weight": .integer(1)] : [:]
        }.delay()
        // snippet.end
        _ = { () async throws in
            // snippet.revoke-stamps
            try await app.control().revokeByStampedHeaders(["tenant": ["acme"]])
            // snippet.end
        }
    }

    static func whole(_ pages: [URL]) async throws {
        // snippet.whole
        let result = try await chain($fetch(pages[0]), $count.then()).delay()
        print(try await result.graph(.mermaid))  // every call by its task and state
        try await result.revokeAll(terminate: true)  // what runs, what waits, and what is no message yet
        try await result.forgetAll()
        // snippet.end
        _ = { () async throws in
            // snippet.collect
            for try await call in result.collect() {
                print(call.id, call.state, call.sender ?? "the start")
            }
            // snippet.end
        }
    }

    // snippet.workflow
    static func report(_ pages: [URL]) -> Workflow<Int> {
        Workflow { flow in
            let counts = flow.forEach(pages) { page in
                let words = flow.call($fetch(page))
                // Nothing waits for it: a callback.
                _ = flow.step($archive.then(), words)
                // What is computed once is used twice: both come together in one list.
                return flow.step(
                    $sum.then(), flow.gather(flow.step($count.then(), words), flow.step($longest.then(), words)))
            }
            return flow.step($sum.then(), counts)
        }
    }
    // snippet.end

    static func draw(_ pages: [URL]) throws {
        // snippet.draw
        print(try report(pages).graph(.graphviz))
        print(try chain($fetch(pages[0]), $count.then()).graph(.mermaid))
        // snippet.end
    }
}
