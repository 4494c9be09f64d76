import CeleriacCanvas

/// Describes calls as if they were made, each with handles to the results of others, and sends them as one canvas.
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
/// The closure only describes the calls; nothing is sent or run meanwhile. The workflow becomes a chain with chords,
/// and Celery's workers can run it too. A call whose result several calls use is sent once. Those calls may meet again
/// in one list; if nothing uses their results, they become callbacks. A workflow that a canvas cannot express is
/// refused when it is sent or drawn, see ``canvasSignature()``.
public struct Workflow<Output: Sendable>: CanvasPart, Stampable {
    private let plan: WorkflowPlan
    private let last: any CanvasPart<Output>
    private var stamps: [CallStamps] = []

    /// - Parameter build: describes the calls, and returns the handle of the final result.
    public init(_ build: (WorkflowBuilder) throws -> WorkflowValue<Output>) rethrows {
        let builder = WorkflowBuilder()
        let result = try build(builder)
        plan = WorkflowPlan(calls: builder.calls, output: result.reference, builder: builder.id)
        last = result.part
    }

    /// Returns the canvas of the workflow.
    ///
    /// - Throws: `CeleriacError` with code `unsupported`, which names the call and the remedy, if
    ///   - the calls that use one result do not meet in one list, but in several lists, or in a list with other calls;
    ///   - nothing uses the result of a call that takes no result itself;
    ///   - a handle belongs to another workflow;
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

    /// Sends the workflow through the current app.
    ///
    /// - Returns: the handle of the last call.
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

/// A handle to the result of a call, for use inside the closure of a ``Workflow``.
public struct WorkflowValue<Value: Sendable> {
    let reference: WorkflowReference
    let part: any CanvasPart<Value>
}

/// Handles to the results of calls that run side by side, in order.
public struct WorkflowList<Value: Sendable> {
    let references: [WorkflowReference]
}

/// A reference to a call of a workflow, by its place.
struct WorkflowReference: Sendable, Hashable {
    let place: Int
    /// The id of the builder of the workflow.
    let builder: TaskID
}
