#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CChildProcess
import CrashReport

/// A child as the reactor's thread sees it: its descriptors, and the input read so far.
struct WatchedChild {
    /// The largest payload: more than a body and headers as large as any setting allows.
    private static let largestFrame = 64 << 20

    let child: Child
    private let output: Int32
    private var isListening = true
    private var isOutputOpen = true
    private var frames = FrameBuffer(limit: Self.largestFrame)
    private var lines = OutputLines()
    private var images: [CrashImage] = []

    init(_ child: Child, output: Int32) {
        self.child = child
        self.output = output
    }

    /// Adds two places: the channel and the output. `poll` ignores negative descriptors.
    func addPlaces(to places: inout [pollfd]) {
        let events = POLLIN | (child.writer.isBlocked ? POLLOUT : 0)
        places.append(pollfd(fd: isListening ? child.writer.descriptor : -1, events: Int16(events), revents: 0))
        places.append(pollfd(fd: isOutputOpen ? output : -1, events: Int16(POLLIN), revents: 0))
    }

    mutating func serve(
        channel: Int16, output: Int16, _ listener: any ChildReactor.Listener, _ forward: OutputForwarder
    ) {
        if output != 0 { readOutput(forward) }
        if channel & Int16(POLLOUT) != 0 { child.writer.flush() }
        if channel & ~Int16(POLLOUT) != 0 { readChannel(listener) }
    }

    /// Reads what is left, reaps the process, and reports its end.
    mutating func end(_ listener: any ChildReactor.Listener, _ forward: OutputForwarder) {
        while isListening, readChannel(listener) {}
        while isOutputOpen, readOutput(forward) {}
        child.writer.close()
        close(child.writer.descriptor)
        close(output)
        child.forget()
        var status = celeriac_exit()
        let isKnown = celeriac_reap(child.pid, &status) == 0
        listener.ended(
            child,
            ChildEnd(
                signal: isKnown && status.exited == 0 ? status.code : nil, code: status.exited != 0 ? status.code : 0,
                peakBytes: Int(status.peak_bytes), lines: lines.all, images: images
            )
        )
    }

    /// - Returns: whether there may be more to read.
    @discardableResult
    private mutating func readChannel(_ listener: any ChildReactor.Listener) -> Bool {
        var problem: Frame.Violation?
        var ended: [ChildOutcome] = []
        let count = Self.read(child.writer.descriptor) { bytes in
            frames.append(bytes)
            do throws(Frame.Violation) { try take(listener, &ended) } catch { problem = error }
        }
        if !ended.isEmpty { listener.ended(ended, in: child) }
        if count == 0 || problem != nil {
            isListening = false
            listener.broke(child, problem)
        }
        return count > 0
    }

    /// Takes the whole frames out of what has been read.
    ///
    /// - Parameter ended: receives the outcomes, which are handled together: a busy child reports many at a time.
    private mutating func take(
        _ listener: any ChildReactor.Listener, _ ended: inout [ChildOutcome]
    ) throws(Frame.Violation) {
        while let frame = try frames.next() {
            if frame.kind == .outcome {
                ended.append(try ChildOutcome(frame))
            } else {
                try listener.received(frame, from: child)
            }
        }
    }

    @discardableResult
    private mutating func readOutput(_ forward: OutputForwarder) -> Bool {
        let count = Self.read(output) { bytes in
            lines.append(bytes)
            forward.write(bytes)
        }
        #if os(Linux)
            if count > 0, lines.announcesBacktrace, case let mapped = MemoryMap.images(of: child.pid), !mapped.isEmpty {
                images = mapped
            }
        #endif
        if count == 0 { isOutputOpen = false }
        return count > 0
    }

    /// - Returns: how many bytes came; 0 at the end; negative if there are no bytes now.
    private static func read(_ descriptor: Int32, _ body: (UnsafeRawBufferPointer) -> Void) -> Int {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { space in
            while true {
                #if canImport(Glibc)
                    let count = Glibc.read(descriptor, space.baseAddress, space.count)
                #elseif canImport(Musl)
                    let count = Musl.read(descriptor, space.baseAddress, space.count)
                #else
                    let count = Darwin.read(descriptor, space.baseAddress, space.count)
                #endif
                if count > 0 { body(UnsafeRawBufferPointer(rebasing: space[..<count])) }
                if count < 0, errno == EINTR { continue }
                // A socket whose other end died with bytes unread is reset, not ended.
                if count < 0, errno != EAGAIN, errno != EWOULDBLOCK { return 0 }
                return count
            }
        }
    }
}
