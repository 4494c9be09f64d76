/// Why a process died, as Swift's backtracer reports it: the message, the signal, and the stack of the crashed thread.
///
/// ```
/// lines of standard error -> CrashTrace -> symbolicated(by:) -> description
///                            pure          reads files         the text of a failure's traceback
/// ```
///
/// The process must have run with ``environment``. Other output may stand between and before the lines. A task can
/// write anything, so no line is trusted, and everything is bounded.
package struct CrashTrace: Sendable, Hashable {
    /// The message of Swift's runtime before it trapped, with file and line, such as
    /// `main.swift:8: Fatal error: Index out of range`. `nil` if there was no message, as for an integer overflow.
    package let message: String?
    /// The number of the signal. `nil` if the line is missing.
    var signal: Int32?
    /// The meaning of the signal, such as `Illegal instruction at 0x00007fc16916df7f`.
    var cause: String?
    /// The crashed thread's name, of which the system keeps 15 bytes.
    var thread: String?
    /// Innermost first. Empty if the backtracer did not get that far.
    var frames: [CrashFrame]
    /// The files that the frames lie in.
    var images: [CrashImage]
    /// The index of the first line that belongs to the crash. Earlier lines are the program's own output.
    package let firstLine: Int

    /// The value of `SWIFT_BACKTRACE` with which a process writes what this type reads.
    ///
    /// Names are left out: in an executable of 60 MB the backtracer finds addresses in 30 ms and names in 1 s, and the
    /// dying process waits for it. ``symbolicated(by:)`` finds names in 5 ms. The list of images takes another 30 ms,
    /// so it is requested only on systems without ``MemoryMap``.
    package static let environment =
        "enable=yes,symbolicate=off,threads=crashed,images=\(images),registers=none,color=no"

    #if os(Linux)
        private static let images = "none"
    #else
        private static let images = "mentioned"
    #endif

    /// - Parameters:
    ///   - lines: the last lines of a process's standard error, in order, without line ends.
    ///   - mapped: the files that were mapped into the process, if they are known from elsewhere.
    /// - Returns: `nil` if the lines contain no backtrace. The last of several counts: the others come from the
    ///   process's own children.
    package init?(lines: [String], mapped: [CrashImage] = []) {
        guard let reader = CrashReader(lines) else { return nil }
        message = reader.message
        signal = reader.signal
        cause = reader.cause
        thread = reader.thread
        frames = reader.frames
        let crossed = mapped.filter { image in reader.frames.contains { image.range.contains($0.address) } }
        images = reader.images.isEmpty ? crossed : reader.images
        firstLine = reader.firstLine
    }

    func image(of frame: CrashFrame) -> CrashImage? { images.first { $0.range.contains(frame.address) } }
}

extension CrashTrace: CustomStringConvertible {
    /// The maximum number of lines for frames in a description. Repeated frames take one line.
    static let longestDescription = 40

    /// Message, cause and frames, one line each: names if they are known, otherwise places in the image.
    package var description: String { (head + frameLines).joined(separator: "\n") }

    private var head: [String] {
        let crash = [
            "Program crashed: \(cause ?? "no cause given")", signal.map { "signal \($0)" },
            thread.map { "in thread \"\($0)\"" },
        ]
        return [message, crash.compactMap(\.self).joined(separator: ", ")].compactMap(\.self)
    }

    private var frameLines: [String] {
        var lines: [String] = []
        var next = 0
        for run in runs {
            if lines.count == Self.longestDescription { return lines + ["..."] }
            if run.frame.index != next { lines.append("...") }
            lines.append(line(of: run.frame, count: run.count))
            next = run.frame.index + run.count
        }
        return lines
    }

    /// Consecutive frames with the same address, counted.
    private var runs: [(frame: CrashFrame, count: Int)] {
        frames.reduce(into: []) { runs, frame in
            if let last = runs.last, last.frame.address == frame.address,
                last.frame.index + last.count == frame.index
            {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((frame, 1))
            }
        }
    }

    private func line(of frame: CrashFrame, count: Int) -> String {
        let image = image(of: frame)
        let place = image.map { "\($0.name) + \(CrashFrame.hex(frame.address - $0.range.lowerBound))" }
        let text = frame.function.map { name in image.map { "\(name) in \($0.name)" } ?? name }
        let times = count > 1 ? " (\(count) times)" : ""
        return "\(frame.index)  \(text ?? place ?? CrashFrame.hex(frame.address))\(times)"
    }
}
