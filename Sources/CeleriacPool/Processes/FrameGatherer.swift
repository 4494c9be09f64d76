import CeleriacCore
import Synchronization

/// Writes the frames of runs that begin together, in one write for each child.
final class FrameGatherer: Sendable {
    private let reactor: ChildReactor
    /// The children to which frames must be written.
    private let children = Guarded<[Child]>([])

    init(_ reactor: ChildReactor) { self.reactor = reactor }

    func add(_ child: Child) { children.withLock { $0.append(child) } }

    /// Writes what was added.
    func flush() {
        let children = children.withLock { children in
            guard !children.isEmpty else { return [Child]() }
            defer { children = [] }
            return children
        }
        for child in children { flush(child) }
    }

    /// Writes the frames of one child. If some do not fit, the reactor writes them once there is room.
    func flush(_ child: Child) {
        if child.writer.flush() { reactor.wake() }
    }
}
