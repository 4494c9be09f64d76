/// What was said in the last lines before a backtrace: by Swift's runtime, or by C's, as the cause of the crash.
struct CrashMessage {
    /// `nil` where the crash came without a word.
    private(set) var text: String?
    /// The index of its first line, or of the first line of the backtracer's own.
    private(set) var firstLine: Int

    /// How far above the backtrace it is looked for, in lines: other threads may have written after it.
    private static let reach = 40
    /// Most characters that are kept.
    private static let longest = 2_000

    /// What stands in the line that begins a message, whose text may have several lines.
    private static let openings = [
        "Fatal error: ", "Precondition failed: ", "Assertion failed: ", "Fatal access conflict detected",
        "Could not cast value of type ", "terminate called ", "*** stack smashing detected",
        "free(): ", "malloc(): ", "realloc(): ", "corrupted ", "double free or corruption",
    ]

    init(before start: Int, in lines: [String]) {
        firstLine = start
        while firstLine > 0, Self.isBacktracers(lines[firstLine - 1]) { firstLine -= 1 }
        let near = max(0, firstLine - Self.reach)..<firstLine
        guard let opening = near.last(where: { Self.isOpening(lines[$0]) }) else { return }
        let all = lines[opening..<firstLine].filter { !Self.isBacktracers($0) }.joined(separator: "\n")
        text = String(all.prefix(Self.longest))
        firstLine = opening
    }

    /// Of Swift's it stands behind a place, of C's it is the whole line.
    private static func isOpening(_ line: String) -> Bool {
        openings.contains { line.hasPrefix($0) || line.contains(": \($0)") }
    }

    /// What the backtracer writes before its first line proper.
    private static func isBacktracers(_ line: String) -> Bool {
        line.isEmpty || line.hasPrefix("swift-runtime: failed to suspend thread ")
    }
}
