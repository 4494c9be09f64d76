import CeleriacCanvas

/// Compiles calls that wait for each other into a canvas. Pure.
///
/// The *gates* of a call are the calls through which every path from the start to the call leads; the call runs after
/// its chain of gates. The calls of a list branch off at the last gate that all of them share. From there they are the
/// header of a chord, whose body is the call that takes the list. A call that nothing waits for becomes a callback of
/// its last gate among the needed calls.
struct WorkflowPlan: Sendable {
    let calls: [WorkflowCall]
    let output: WorkflowReference
    let builder: TaskID

    func canvas() throws -> CanvasSignature {
        try checkThatHandlesAreOurs()
        let signatures = try calls.map { try $0.part.canvasSignature() }
        var compiler = WorkflowCompiler(calls: calls, signatures: signatures)
        return try compiler.compile(output.place)
    }

    private func checkThatHandlesAreOurs() throws {
        let references = calls.flatMap(\.input.references) + [output]
        guard references.contains(where: { $0.builder != builder }) else { return }
        throw CeleriacError(
            .unsupported,
            "a workflow uses the handle of another one: put all calls into one workflow, or send them one by one")
    }
}

/// One compilation of a workflow.
private struct WorkflowCompiler {
    private let inputs: [WorkflowCall.Input]
    private let signatures: [CanvasSignature]
    /// The nearest gate of each call; `nil` if no single call gates it.
    private var gates: [Int?] = []
    /// The calls that nothing waits for, by the call whose callbacks they become.
    private var callbacks: [Int: [Int]] = [:]
    private var isPlaced: [Bool]

    init(calls: [WorkflowCall], signatures: [CanvasSignature]) {
        inputs = calls.map(\.input)
        self.signatures = signatures
        isPlaced = Array(repeating: false, count: calls.count)
        for input in inputs {
            switch input {
            case .nothing: gates.append(nil)
            case .value(let reference): gates.append(reference.place)
            case .list(let references): gates.append(sharedGate(of: references.map(\.place)))
            }
        }
    }

    mutating func compile(_ output: Int) throws -> CanvasSignature {
        try hangUp(besides: output)
        return Self.inSequence(try steps(to: output, after: nil))
    }

    // MARK: Gates

    /// Returns the last gate that all of these calls share.
    private func sharedGate(of places: [Int]) -> Int? {
        guard let first = places.first else { return nil }
        var shared = gates(of: first)
        for place in places.dropFirst() {
            let others = gates(of: place)
            shared = Array(zip(shared, others).prefix { $0 == $1 }.map(\.0))
        }
        return shared.last
    }

    /// Returns the gates of a call from the start on, without the call itself.
    private func gates(of place: Int) -> [Int] {
        var found: [Int] = []
        var next = gates[place]
        while let gate = next {
            found.append(gate)
            next = gates[gate]
        }
        return found.reversed()
    }

    // MARK: Callbacks

    /// Finds the call to which each call that nothing waits for is attached as a callback.
    private mutating func hangUp(besides output: Int) throws {
        let used = Set(inputs.flatMap(\.references).map(\.place))
        var needed = ancestry(of: output)
        for place in inputs.indices where place != output && !used.contains(place) {
            guard let gate = gates(of: place).last(where: needed.contains) else { throw unused(place) }
            callbacks[gate, default: []].append(place)
            needed.formUnion(ancestry(of: place))
        }
    }

    /// Returns a call and all calls that it waits for, directly or indirectly.
    private func ancestry(of place: Int) -> Set<Int> {
        var found: Set<Int> = [place]
        var pending = [place]
        while let next = pending.popLast() {
            for reference in inputs[next].references where found.insert(reference.place).inserted {
                pending.append(reference.place)
            }
        }
        return found
    }

    // MARK: Steps

    /// Returns the steps that run after a gate until a call has ended, in order.
    private mutating func steps(to place: Int, after gate: Int?) throws -> [CanvasSignature] {
        guard !isPlaced[place] else { throw shared(place) }
        isPlaced[place] = true
        let before = try gates[place].map { try $0 == gate ? [] : steps(to: $0, after: gate) } ?? []
        guard case .list(let members) = inputs[place] else { return before + [try linked(place)] }
        let header = try members.map { Self.inSequence(try steps(to: $0.place, after: gates[place])) }
        return before + [.chord(header, body: try linked(place))]
    }

    private mutating func linked(_ place: Int) throws -> CanvasSignature {
        var signature = signatures[place]
        for callback in callbacks[place] ?? [] {
            signature = signature.linked(to: Self.inSequence(try steps(to: callback, after: place)))
        }
        return signature
    }

    private static func inSequence(_ steps: [CanvasSignature]) -> CanvasSignature {
        steps.count == 1 ? steps[0] : .chain(steps)
    }

    // MARK: What cannot be said

    private func shared(_ place: Int) -> CeleriacError {
        let users = inputs.indices.filter { inputs[$0].references.contains { $0.place == place } }.map(name)
        return CeleriacError(
            .unsupported,
            "a canvas cannot express this: the result of \(name(place)) is used by \(users.joined(separator: " and ")), but no "
                + "single list gathers all that follows from it and nothing else. Gather these results in a list of their "
                + "own, or make the call once for each")
    }

    private func unused(_ place: Int) -> CeleriacError {
        CeleriacError(
            .unsupported,
            "nothing in the workflow uses the result of \(name(place)), and it does not follow from a call that the rest waits for: use it, "
                + "or send it alone")
    }

    private func name(_ place: Int) -> String { "call \(place + 1) (\(signatures[place].title))" }
}

extension CanvasSignature {
    /// The name of the signature in error messages.
    var title: String {
        switch work {
        case .call(let task, _): "\"\(task)\""
        case .map(let task, _, _), .chunks(let task, _, _): task.title
        case .chain(let steps): steps.last?.title ?? "an empty chain"
        case .group: "a group"
        case .chord(let chord): chord.body?.title ?? "a chord"
        }
    }
}
