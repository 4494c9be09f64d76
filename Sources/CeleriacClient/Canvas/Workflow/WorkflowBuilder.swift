/// Records the calls of a ``Workflow``.
public final class WorkflowBuilder {
    /// Distinguishes its handles from those of other builders.
    let id = TaskID.random()
    private(set) var calls: [WorkflowCall] = []

    init() {}

    /// Adds a call, a chain or a chord that waits for nothing.
    public func call<Value>(_ part: some CanvasPart<Value>) -> WorkflowValue<Value> { add(part, .nothing) }

    /// Adds a call that takes the result of another one as its first argument.
    ///
    /// A step that ignores its input (``Signature/ignoringInput()``) only waits for the other call.
    public func step<Input, Value>(
        _ step: Step<Input, Value>, _ input: WorkflowValue<Input>
    ) -> WorkflowValue<Value> {
        add(step.part, .value(input.reference))
    }

    /// Adds a call that takes the results of calls that run side by side, as an array in their order.
    public func step<Input, Value>(
        _ step: Step<[Input], Value>, _ inputs: WorkflowList<Input>
    ) -> WorkflowValue<Value> {
        add(step.part, .list(inputs.references))
    }

    /// Combines results in one list.
    public func gather<Value>(_ values: [WorkflowValue<Value>]) -> WorkflowList<Value> {
        WorkflowList(references: values.map(\.reference))
    }

    /// Makes a list of a few outputs of one type; see the method that takes an array.
    public func gather<Value>(_ values: WorkflowValue<Value>...) -> WorkflowList<Value> { gather(values) }

    /// Adds a call or a whole branch for each element; these run side by side.
    public func forEach<Elements: Sequence, Value>(
        _ elements: Elements, _ branch: (Elements.Element) throws -> WorkflowValue<Value>
    ) rethrows -> WorkflowList<Value> {
        try gather(elements.map(branch))
    }

    private func add<Value>(_ part: some CanvasPart<Value>, _ input: WorkflowCall.Input) -> WorkflowValue<Value> {
        calls.append(WorkflowCall(part: part, input: input))
        return WorkflowValue(reference: WorkflowReference(place: calls.count - 1, builder: id), part: part)
    }
}

/// A call of a workflow, and the calls that it waits for.
struct WorkflowCall: Sendable {
    enum Input: Sendable {
        case nothing
        case value(WorkflowReference)
        case list([WorkflowReference])

        var references: [WorkflowReference] {
            switch self {
            case .nothing: []
            case .value(let reference): [reference]
            case .list(let references): references
            }
        }
    }

    let part: any CanvasPart
    let input: Input
}
