#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CChildProcess
import CeleriacCore
import Synchronization

/// The thread that starts children, reads from them, and sees their ends. It works even if Swift's own pool is blocked.
///
/// One thread serves all children. For each child, one more thread only waits for its end.
final class ChildReactor: Sendable {
    /// Learns what happens to the children, always on the reactor's thread.
    protocol Listener: AnyObject, Sendable {
        func launched(_ child: Child)
        func launchFailed(_ number: Int, isQuarantine: Bool, _ failure: ChildLaunch.Failure)
        /// - Throws: if it is not a frame that a child sends. The child is then reported as broken.
        func received(_ frame: Frame, from child: Child) throws(Frame.Violation)
        /// These runs have ended. Their outcomes came together.
        func ended(_ outcomes: [ChildOutcome], in child: Child)
        /// The child has broken the protocol or closed its channel. Only its end is reported after that.
        func broke(_ child: Child, _ violation: Frame.Violation?)
        func ended(_ child: Child, _ end: ChildEnd)
    }

    private enum Command {
        case launch(number: Int, isQuarantine: Bool)
        case ended(number: Int)
        case stop
    }

    private struct State {
        var commands: [Command] = []
        var listener: (any Listener)?
        /// A byte written to it wakes the thread.
        var wakeUp: (read: Int32, write: Int32) = (-1, -1)
    }

    private let launch: ChildLaunch
    private let forward: OutputForwarder
    private let state = Guarded(State())
    private let isAwakened = Atomic(false)

    init(_ launch: ChildLaunch) {
        self.launch = launch
        forward = OutputForwarder()
    }

    deinit {
        let wakeUp = state.withLock { $0.wakeUp }
        close(wakeUp.read)
        close(wakeUp.write)
    }

    /// - Throws: `ChildLaunch.Failure` if the process has no descriptors left.
    func start(_ listener: any Listener) throws(ChildLaunch.Failure) {
        var ends: [Int32] = [-1, -1]
        let error = celeriac_make_pipe(&ends)
        guard error == 0 else { throw ChildLaunch.Failure("no pipe can be made", error) }
        state.withLock { [ends] state in
            state.listener = listener
            state.wakeUp = (ends[0], ends[1])
        }
        guard NamedThread.start("celeriac.pool", { self.work() }) else {
            throw ChildLaunch.Failure("no thread can be made for the children", EAGAIN)
        }
    }

    func launch(_ number: Int, isQuarantine: Bool) { command(.launch(number: number, isQuarantine: isQuarantine)) }

    /// Ends the thread. Call it only once no child is left.
    func stop() { command(.stop) }

    /// Wakes the thread, which then waits until there is room for frames that did not fit.
    func wake() {
        guard !isAwakened.exchange(true, ordering: .acquiringAndReleasing) else { return }
        _ = write(state.withLock { $0.wakeUp.write }, "w", 1)
    }

    private func command(_ command: Command) {
        state.withLock { $0.commands.append(command) }
        wake()
    }

    // MARK: On the thread

    private func work() {
        let (possible, wakeUp) = state.withLock { ($0.listener, $0.wakeUp.read) }
        guard let listener = possible else { return }
        var watched: [WatchedChild] = []
        while true {
            for command in takeCommands() {
                switch command {
                case .launch(let number, let isQuarantine):
                    start(number, isQuarantine, listener).map { watched.append($0) }
                case .ended(let number):
                    guard let index = watched.firstIndex(where: { $0.child.number == number }) else { continue }
                    var child = watched.remove(at: index)
                    child.end(listener, forward)
                case .stop: return finish()
                }
            }
            wait(for: &watched, wakeUp, listener)
        }
    }

    private func takeCommands() -> [Command] {
        state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
    }

    private func finish() {
        forward.finish()
        state.withLock { $0.listener = nil }
    }

    private func start(_ number: Int, _ isQuarantine: Bool, _ listener: any Listener) -> WatchedChild? {
        do throws(ChildLaunch.Failure) {
            let started = try launch.start()
            let child = Child(
                number: number, pid: started.pid, isQuarantine: isQuarantine, writer: ChannelWriter(started.channel))
            awaitEnd(of: child)
            listener.launched(child)
            return WatchedChild(child, output: started.output)
        } catch {
            listener.launchFailed(number, isQuarantine: isQuarantine, error)
            return nil
        }
    }

    private func awaitEnd(of child: Child) {
        let wait: @Sendable () -> Void = { [weak self] in
            _ = celeriac_await_end(child.pid)
            self?.command(.ended(number: child.number))
        }
        guard !NamedThread.start("celeriac.wait", wait) else { return }
        // The end of this child would go unnoticed, so the child cannot be kept.
        child.signal(SIGKILL)
        wait()
    }

    private func wait(for watched: inout [WatchedChild], _ wakeUp: Int32, _ listener: any Listener) {
        var places = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)]
        for child in watched { child.addPlaces(to: &places) }
        _ = poll(&places, nfds_t(places.count), -1)
        if places[0].revents != 0 {
            var bytes: [UInt8] = [0, 0, 0, 0]
            while read(wakeUp, &bytes, bytes.count) == bytes.count {}
            isAwakened.store(false, ordering: .releasing)
        }
        for index in watched.indices {
            let place = 1 + 2 * index
            watched[index].serve(channel: places[place].revents, output: places[place + 1].revents, listener, forward)
        }
    }
}
