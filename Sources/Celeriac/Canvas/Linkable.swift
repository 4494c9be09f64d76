/// What calls others once it has ended: a ``Signature``, a ``Chain``, a ``Chord``. A ``CallGroup`` has errbacks alone.
public protocol Linkable {
    /// What it calls. Set by ``link(_:)`` and ``linkError(_:)``.
    var links: CallLinks { get set }
}

/// The callbacks and errbacks of a call, or of several composed.
public struct CallLinks: Sendable {
    /// Called with the result.
    var callbacks: [any CanvasPart] = []
    /// Called with the id of the call that failed.
    var errbacks: [any CanvasPart] = []

    var isEmpty: Bool { callbacks.isEmpty && errbacks.isEmpty }
}

extension Linkable where Self: CanvasPart {
    /// The same with a callback, which is sent once the whole has succeeded, and gets its output.
    ///
    /// The whole is the call, the last step of a chain, or the body of a chord.
    public func link<Next>(_ callback: Step<Output, Next>) -> Self {
        var linked = self
        linked.links.callbacks.append(callback.part)
        return linked
    }
}

extension Linkable {
    /// The same with an errback, which is sent when a call fails for good, and gets that call's id.
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
