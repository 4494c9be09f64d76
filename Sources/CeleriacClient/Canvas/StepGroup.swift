import CeleriacCanvas

/// Steps that run side by side and take the same output: a group within a chain. Made by `group(_:)` of steps.
///
/// ```swift
/// let sizes = group([$resize.then(width: 200), $resize.then(width: 800)])          // StepGroup<URL, URL>
/// try await chain($fetch(page), sizes.then($publish.then())).delay()               // AsyncResult<Bool>, by a chord
/// try await chain($fetch(page), sizes).delay()                                     // GroupResult<URL>
/// ```
public struct StepGroup<Input, Output: Sendable>: Sendable {
    let steps: [Step<Input, Output>]

    /// Returns a step that runs these steps, then one that takes the list of their outputs.
    public func then<Next>(_ next: Step<[Output], Next>) -> Step<Input, Next> {
        Step<Input, Next>(Chord<Next>(steps.map { $0.part as any CanvasPart }, body: next.part))
    }
}

/// Composes steps that run side by side. Each takes the output of the previous call.
public func group<Input, Output>(_ steps: [Step<Input, Output>]) -> StepGroup<Input, Output> { StepGroup(steps: steps) }

/// Composes a few steps that run side by side.
public func group<Input, Output>(_ steps: Step<Input, Output>...) -> StepGroup<Input, Output> {
    StepGroup(steps: steps)
}

/// A chain that ends in a group. Made by `chain(_:_:)`.
public struct FanOut<Output: Sendable>: Sendable {
    private let first: any CanvasPart
    private let members: [any CanvasPart<Output>]

    init<Input>(_ first: any CanvasPart<Input>, _ steps: StepGroup<Input, Output>) {
        self.first = first
        members = steps.steps.map { $0.part }
    }

    /// Returns the same chain without types.
    ///
    /// - Throws: as ``CanvasPart/canvasSignature()``.
    public func canvasSignature() throws -> CanvasSignature {
        .chain([
            try first.canvasSignature(),
            .group(try members.map { try $0.canvasSignature() }),
        ])
    }

    /// Decodes the output of one member.
    func decodeResult(_ bytes: [UInt8], at place: Int) throws -> Output { try members[place].decodeResult(bytes) }

    var count: Int { members.count }

    /// Sends the chain through the current app.
    ///
    /// - Returns: the handle of the group. The calls of the group are sent once the steps before it have succeeded.
    /// - Throws: as for `TaskApp.send(_:)`; `CeleriacError` with code `noApp`.
    @discardableResult
    public func delay() async throws -> GroupResult<Output> { try await TaskApp.current.send(self) }
}

/// Composes a call or a chain with steps that each take its output.
public func chain<Input, Output>(
    _ first: some CanvasPart<Input>, _ steps: StepGroup<Input, Output>
) -> FanOut<Output> { FanOut(first, steps) }

extension Chain {
    /// Returns this chain followed by steps that each take its output.
    public func then<Next>(_ steps: StepGroup<Output, Next>) -> FanOut<Next> { FanOut(self, steps) }
}

extension TaskApp {
    /// Sends a chain that ends in a group.
    ///
    /// - Throws: as for a chain; `invalidArguments` if the group is empty.
    @discardableResult
    public func send<Output>(_ fanOut: FanOut<Output>) async throws -> GroupResult<Output> {
        guard fanOut.count > 0 else {
            throw CeleriacError(
                .invalidArguments, "a chain that ends in an empty group has no result: leave the group out")
        }
        let result = try await publisher.send(fanOut.canvasSignature())
        // A group with one member is the same as that member.
        let members = result.members ?? [result]
        let results = members.enumerated().map { place, member in
            AsyncResult<Output>(id: member.id, app: self, parents: result.parents) {
                try fanOut.decodeResult($0, at: min(place, fanOut.count - 1))
            }
        }
        return GroupResult(id: result.id, results: results, app: self)
    }
}
