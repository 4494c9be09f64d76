import CeleriacCanvas

/// Calls one after the other, each with the output of the one before. Made by ``chain(_:_:)->Chain<B>``.
///
/// ```swift
/// let stored = try await chain($fetch(url: page), $resize.then(width: 200), $store.then()).delay()   // AsyncResult<URL>
/// ```
///
/// One message carries the rest of the chain along: each worker, in Swift or in Python, sends the next step in the transaction
/// that ends its own. If a step fails for good, all behind it fail with the same failure and never run.
public struct Chain<Output: Sendable>: StepPart, Linkable {
    private var steps: [any CanvasPart]
    private let last: any CanvasPart<Output>
    public var links = CallLinks()

    init(_ first: any CanvasPart<Output>) { self.init([first], last: first) }

    private init(_ steps: [any CanvasPart], last: any CanvasPart<Output>) {
        self.steps = steps
        self.last = last
    }

    /// This chain, then one step more.
    public func then<Next>(_ next: Step<Output, Next>) -> Chain<Next> {
        // What is called at the end of a chain is no more at the end of this one.
        let before: [any CanvasPart] = links.isEmpty ? steps : [self]
        return Chain<Next>(before + [next.part], last: next.part)
    }

    func with(_ options: CallOptions) -> Chain {
        guard let first = steps.first else { return self }
        var changed = self
        changed.steps[0] = first.optioned(options)
        return changed
    }

    public func canvasSignature() throws -> CanvasSignature {
        try CanvasSignature.chain(steps.signatures()).linked(to: links)
    }

    public func decodeResult(_ bytes: [UInt8]) throws -> Output { try last.decodeResult(bytes) }

    /// Sends the chain through the current app.
    ///
    /// - Returns: the handle of its last step; ``AsyncResult/parent`` is that of the step before.
    /// - Throws: as `TaskApp.send(_:)`; `CeleriacError` with code `noApp`.
    @discardableResult
    public func delay() async throws -> AsyncResult<Output> { try await TaskApp.current.send(self) }
}

/// Composes a call, or a chain, and a step that takes its output.
public func chain<A, B>(_ first: some CanvasPart<A>, _ second: Step<A, B>) -> Chain<B> {
    Chain<A>(first).then(second)
}

public func chain<A, B, C>(_ first: some CanvasPart<A>, _ second: Step<A, B>, _ third: Step<B, C>) -> Chain<C> {
    chain(first, second).then(third)
}

public func chain<A, B, C, D>(
    _ first: some CanvasPart<A>, _ second: Step<A, B>, _ third: Step<B, C>, _ fourth: Step<C, D>
) -> Chain<D> {
    chain(first, second, third).then(fourth)
}

public func chain<A, B, C, D, E>(
    _ first: some CanvasPart<A>, _ second: Step<A, B>, _ third: Step<B, C>, _ fourth: Step<C, D>,
    _ fifth: Step<D, E>
) -> Chain<E> {
    chain(first, second, third, fourth).then(fifth)
}

/// For longer ones, see ``Chain/then(_:)->Chain<Next>``.
public func chain<A, B, C, D, E, F>(
    _ first: some CanvasPart<A>, _ second: Step<A, B>, _ third: Step<B, C>, _ fourth: Step<C, D>,
    _ fifth: Step<D, E>, _ sixth: Step<E, F>
) -> Chain<F> {
    chain(first, second, third, fourth, fifth).then(sixth)
}
