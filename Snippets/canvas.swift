import Celeriac
import Foundation

// snippet.tasks
@Task func fetch(_ page: URL) async throws -> [String] { [page.absoluteString] }
@Task func count(_ words: [String], longerThan limit: Int = 0) -> Int { words.count { $0.count > limit } }
@Task func publish(_ total: Int) async throws -> URL { URL(filePath: "/totals/\(total)") }
@Task func add(_ counts: [Int]) -> Int { counts.reduce(0, +) }
@Task func sweep(_ folder: String) {}
@Task func complain(_ failed: String) { print("call \(failed) has failed") }
// snippet.end

// snippet.replace
@Task func measure(_ context: TaskContext, _ page: URL) throws -> Int {
    guard page.isFileURL else { return 0 }
    return try context.replace(with: chain($fetch(page), $count.then(longerThan: 3)))
}
// snippet.end

@main
struct Canvas {
    /// Sends only; a worker of the same tasks runs what was sent.
    static func main() async throws {
        let app = try TaskApp("memory://canvas", schemes: [.memory])
        try await app.use {
            try await chains(URL(filePath: "/index"))
            try await links(URL(filePath: "/index"))
            try await groups([URL(filePath: "/a"), URL(filePath: "/b")])
            try await chords([URL(filePath: "/a"), URL(filePath: "/b")])
        }
        try await names(app)
        try await app.use { try await maps([URL(filePath: "/a"), URL(filePath: "/b")]) }
    }

    static func chains(_ page: URL) async throws {
        // snippet.chain
        // AsyncResult<URL>: that of the last step
        let address = try await chain($fetch(page), $count.then(longerThan: 3), $publish.then()).delay()
        print(address.id, address.parent?.id as Any)
        // snippet.end

        // snippet.steps
        let counting = $fetch.then().then($count.then())  // Step<URL, Int>: two steps are a step
        let slowly = $publish.then().with(CallOptions(queue: "slow", countdown: .minutes(1)))
        let longer = chain($fetch(page), $count.then()).then(slowly).then($sweep("/tmp").ignoringInput())
        // snippet.end
        _ = counting
        try await longer.delay()
    }

    static func links(_ page: URL) async throws {
        // snippet.links
        try await $fetch(page).link($count.then()).linkError($complain.then()).delay()
        try await chain($fetch(page), $count.then()).linkError($complain.then()).delay()
        // snippet.end
    }

    static func groups(_ pages: [URL]) async throws {
        // snippet.group
        let counts = try await group(pages.map { chain($fetch($0), $count.then()) }).delay()  // GroupResult<Int>
        print(try await counts.progress)  // 37 of 100
        // snippet.end
        _ = { () async throws in
            // snippet.completions
            for try await part in counts.completions {
                print(part.index, try part.output())
            }
            let all = try await counts.get(timeout: .minutes(5))  // [Int], in the order of the pages
            // snippet.end
            print(all)
        }
    }

    static func chords(_ pages: [URL]) async throws {
        // snippet.chord
        let counting = pages.map { chain($fetch($0), $count.then()) }
        let total = try await chord(counting, then: $add.then()).delay()  // AsyncResult<Int>
        print(total.id, try await total.header?.progress as Any)

        let address = chord(counting, then: $add.then()).then($publish.then()).linkError($complain.then())
        // snippet.end
        try await address.delay()

        // snippet.fan-out
        let both = group($count.then(), $count.then(longerThan: 3))  // StepGroup<[String], Int>
        try await chain($fetch(pages[0]), both.then($add.then()), $publish.then()).delay()  // AsyncResult<URL>
        try await chain($fetch(pages[0]), both).delay()  // GroupResult<Int>
        // snippet.end
    }

    static func names(_ app: TaskApp) async throws {
        // snippet.names
        // The middle step is a task of Python's.
        let resized = Step<[String], Int>(
            "images.count", kwargs: ["unit": "words"], options: CallOptions(queue: "python"))
        try await app.send(chain($fetch(URL(filePath: "/a")), resized, $publish.then()))

        // All of it is known by name only.
        let sent = try await app.send(
            CanvasSignature.chain([
                .call("tasks.fetch", EncodedArguments(args: ["https://example.org"])),
                .group([.call("tasks.resize"), .call("tasks.describe")]),
            ]))
        print(sent.ids.leaves)
        // snippet.end
    }

    static func maps(_ pages: [URL]) async throws {
        // snippet.maps
        let words = try await $fetch.map(pages).delay()  // AsyncResult<[[String]]>: one message
        let counts = $count.starmap([(["one", "two"], 3), (["three"], 4)])  // Signature<[Int]>, for any canvas
        let parts = try await $fetch.chunks(pages, size: 10).delay()  // GroupResult<[[String]]>: one for every ten
        // snippet.end
        print(words.id, parts.id)
        try await counts.delay()
    }
}
