import CeleriacCanvas

/// Calls that run in sequence. Each takes the output of the previous one. Made by ``chain(_:_:)->Chain<B>``.
///
/// ```swift
/// let stored = try await chain($fetch(url: page), $resize.then(width: 200), $store.then()).delay()   // AsyncResult<URL>
/// ```
///
/// One message carries the rest of the chain along: each worker, in Swift or in Python, sends the next step in the
/// transaction that ends its own. If a step fails permanently, all later steps fail with the same failure and never
/// run.
public struct Chain<Output: Sendable>: StepPart, Linkable {
    private var steps: [any CanvasPart]
    private let last: any CanvasPart<Output>
    /// The callbacks and errbacks of the whole chain.
    public var links = CallLinks()

    init(_ first: any CanvasPart<Output>) { self.init([first], last: first) }

    private init(_ steps: [any CanvasPart], last: any CanvasPart<Output>) {
        self.steps = steps
        self.last = last
    }

    /// Returns this chain with one more step at the end.
    public func then<Next>(_ next: Step<Output, Next>) -> Chain<Next> {
        // The links of this chain belong to its own end, which is not the end of the longer chain.
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
    /// - Returns: the handle of the last step; its ``AsyncResult/parent`` is the handle of the previous step.
    /// - Throws: as for `TaskApp.send(_:)`; `CeleriacError` with code `noApp`.
    @discardableResult
    public func delay() async throws -> AsyncResult<Output> { try await TaskApp.current.send(self) }
}

/// Composes a call or a chain with a step that takes its output.
public func chain<A, B>(_ first: some CanvasPart<A>, _ second: Step<A, B>) -> Chain<B> {
    Chain<A>(first).then(second)
}

/// Composes a call or a chain with two steps.
public func chain<A, B, C>(_ first: some CanvasPart<A>, _ second: Step<A, B>, _ third: Step<B, C>) -> Chain<C> {
    chain(first, second).then(third)
}

/// Composes a call or a chain with three steps.
public func chain<A, B, C, D>(
    _ first: some CanvasPart<A>, _ second: Step<A, B>, _ third: Step<B, C>, _ fourth: Step<C, D>
) -> Chain<D> {
    chain(first, second, third).then(fourth)
}

/// Composes a call or a chain with four steps.
public func chain<A, B, C, D, E>(
    _ first: some CanvasPart<A>, _ second: Step<A, B>, _ third: Step<B, C>, _ fourth: Step<C, D>,
    _ fifth: Step<D, E>
) -> Chain<E> {
    chain(first, second, third, fourth).then(fifth)
}

/// For longer chains, see ``Chain/then(_:)->Chain<Next>``.
public func chain<A, B, C, D, E, F>(
    _ first: some CanvasPart<A>, _ second: Step<A, B>, _ third: Step<B, C>, _ fourth: Step<C, D>,
    _ fifth: Step<D, E>, _ sixth: Step<E, F>
) -> Chain<F> {
    chain(first, second, third, fourth, fifth).then(sixth)
}
