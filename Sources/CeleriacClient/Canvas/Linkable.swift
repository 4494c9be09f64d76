/// A call or canvas that can have callbacks and errbacks: a ``Signature``, a ``Chain``, a ``Chord``. A ``CallGroup``
/// has only errbacks.
public protocol Linkable {
    /// The callbacks and errbacks. Set by ``link(_:)`` and ``linkError(_:)``.
    var links: CallLinks { get set }
}

/// The callbacks and errbacks of a call, or of several composed.
public struct CallLinks: Sendable {
    /// The parts that are called with the result.
    var callbacks: [any CanvasPart] = []
    /// The parts that are called with the id of the call that failed.
    var errbacks: [any CanvasPart] = []

    var isEmpty: Bool { callbacks.isEmpty && errbacks.isEmpty }
}

extension Linkable where Self: CanvasPart {
    /// Returns a copy with one more callback, which is sent once the whole has succeeded, and takes its output.
    ///
    /// The whole is the call, the last step of a chain, or the body of a chord.
    public func link<Next>(_ callback: Step<Output, Next>) -> Self {
        var linked = self
        linked.links.callbacks.append(callback.part)
        return linked
    }
}

extension Linkable {
    /// Returns a copy with one more errback, which is sent when a call fails permanently, and takes that call's id.
    ///
    /// - A chain sends it once, for the step that fails.
    /// - A group sends it for each member that fails.
    /// - A chord sends it once, for its body, which also fails if the header does.
    public func linkError<Next>(_ errback: Step<String, Next>) -> Self {
        var linked = self
        linked.links.errbacks.append(errback.part)
        return linked
    }
}
