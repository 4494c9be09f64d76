/// The message in the last lines before a backtrace, from Swift's runtime or C's, that names the cause of the crash.
struct CrashMessage {
    /// `nil` if there is no message.
    private(set) var text: String?
    /// The index of the message's first line; without a message, that of the backtracer's first line.
    private(set) var firstLine: Int

    /// The maximum number of lines between message and backtrace: other threads may have written in between.
    private static let reach = 40
    /// The maximum number of characters that are kept.
    private static let longest = 2_000

    /// How the first line of a message begins. A message may have several lines.
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

    /// Swift's opening follows a file and line; C's opening starts the line.
    private static func isOpening(_ line: String) -> Bool {
        openings.contains { line.hasPrefix($0) || line.contains(": \($0)") }
    }

    /// Whether the backtracer writes such a line before its first proper one.
    private static func isBacktracers(_ line: String) -> Bool {
        line.isEmpty || line.hasPrefix("swift-runtime: failed to suspend thread ")
    }
}
