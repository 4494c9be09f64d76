import CeleriacCanvas

/// Calls written down as if they were made, each with handles of the results of others, and sent as one canvas.
///
/// ```swift
/// let report = Workflow { flow in
///     let sizes = flow.forEach(pages) { page in
///         flow.step($count.then(), flow.call($fetch(page)))
///     }
///     return flow.step($sum.then(), sizes)
/// }
/// try await report.delay()                                       // AsyncResult<Int>
/// ```
///
/// Nothing is sent, nor run, while it is written down. What it comes to is a chain with chords in it, and Celery's workers run it as well.
/// A handle whose result several calls use is sent once: they may come together again in one list, or be left alone, and are
/// callbacks then. What a canvas cannot say is refused when it is sent or drawn, see ``canvasSignature()``.
public struct Workflow<Output: Sendable>: CanvasPart, Stampable {
    private let plan: WorkflowPlan
    private let last: any CanvasPart<Output>
    private var stamps: [CallStamps] = []

    /// - Parameter build: writes the calls down, and returns the handle of the result of all.
    public init(_ build: (WorkflowBuilder) throws -> WorkflowValue<Output>) rethrows {
        let builder = WorkflowBuilder()
        let result = try build(builder)
        plan = WorkflowPlan(calls: builder.calls, output: result.reference, builder: builder.id)
        last = result.part
    }

    /// The canvas that it comes to.
    ///
    /// - Throws: `CeleriacError` with code `unsupported`, naming the call and what to do, where
    ///   - what follows from one result does not come together in one list, but in several, or in one with other calls;
    ///   - nothing uses the result of a call that takes none;
    ///   - a handle is of another workflow;
    ///   - an option of a call cannot travel in a canvas.
    public func canvasSignature() throws -> CanvasSignature {
        try plan.canvas().stamped(stamps)
    }

    public func decodeResult(_ bytes: [UInt8]) throws -> Output { try last.decodeResult(bytes) }

    public func stamped(_ stamps: CallStamps) -> Workflow {
        var stamped = self
        stamped.stamps.append(stamps)
        return stamped
    }

    /// Sends it through the current app.
    ///
    /// - Returns: the handle of its last call.
    /// - Throws: as ``canvasSignature()`` and `TaskApp.send(_:)`; `CeleriacError` with code `noApp`.
    @discardableResult
    public func delay() async throws -> AsyncResult<Output> { try await TaskApp.current.send(self) }
}

extension TaskApp {
    /// Sends a workflow.
    ///
    /// - Throws: as ``Workflow/canvasSignature()``, and as for a chain.
    @discardableResult
    public func send<Output>(_ workflow: Workflow<Output>) async throws -> AsyncResult<Output> {
        try await send(Chain(workflow))
    }
}

/// The result of a call of a ``Workflow``, as long as it is written down.
public struct WorkflowValue<Value: Sendable> {
    let reference: WorkflowReference
    let part: any CanvasPart<Value>
}

/// The results of calls that run side by side, in order.
public struct WorkflowList<Value: Sendable> {
    let references: [WorkflowReference]
}

/// A call of a workflow by its place.
struct WorkflowReference: Sendable, Hashable {
    let place: Int
    /// Which workflow's.
    let builder: TaskID
}
