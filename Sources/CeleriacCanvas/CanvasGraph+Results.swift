public import CeleriacCore

/// Draws calls that were sent, with their states.
extension CanvasGraph {
    /// Draws the order of the calls, then the calls that they have sent: callbacks, next steps, calls made by the task
    /// itself.
    ///
    /// Each call is drawn once, labelled with its task's name if that is known; groups are drawn as their members.
    ///
    /// - Parameters:
    ///   - results: the results of canvases that were sent.
    ///   - records: the known records of their calls and of the calls that these have sent; all others have the state
    ///     UNKNOWN.
    public init(_ results: [CanvasResult], records: [TaskID: TaskRecord]) {
        self.init()
        var sketch = Sketch(records: records)
        for result in results { _ = sketch.add(result) }
        sketch.addChildren()
        self = sketch.graph
    }
}

/// A drawing of results under construction.
private struct Sketch {
    let records: [TaskID: TaskRecord]
    var graph = CanvasGraph()
    private var places: [TaskID: Int] = [:]
    /// The ids, in the order of their nodes.
    private var ids: [TaskID] = []
    private var edges: Set<CanvasGraph.Edge> = []

    init(records: [TaskID: TaskRecord]) { self.records = records }

    /// - Returns: the nodes at which it starts, and those at which it ends.
    mutating func add(_ result: CanvasResult) -> (starts: [Int], ends: [Int]) {
        var (starts, ends): ([Int], [Int]) = ([], [])
        if let members = result.members {
            for member in members {
                let (first, last) = add(member)
                starts += first
                ends += last
            }
        } else {
            ends = [place(of: result.id)]
            starts = ends
        }
        for parent in result.parents {
            let (first, last) = add(parent)
            connect(last, to: starts)
            starts = first
        }
        return (starts, ends)
    }

    /// Ends even if calls have sent each other in a cycle, because each call is visited once.
    mutating func addChildren() {
        var next = 0
        while next < ids.count {
            let children = records[ids[next]]?.children.flatMap(\.calls) ?? []
            for child in children { connect([next], to: [place(of: child)]) }
            next += 1
        }
    }

    private mutating func place(of id: TaskID) -> Int {
        if let place = places[id] { return place }
        let record = records[id]
        let node = CanvasGraph.Node(
            label: record?.task?.rawValue ?? id.rawValue, shape: .call, state: record?.state ?? .unknown)
        let place = graph.add(node, after: [], nil)
        places[id] = place
        ids.append(id)
        return place
    }

    private mutating func connect(_ before: [Int], to after: [Int]) {
        for from in before {
            for to in after {
                let edge = CanvasGraph.Edge(from: from, to: to, label: nil)
                if edges.insert(edge).inserted { graph.edges.append(edge) }
            }
        }
    }
}
