public import CeleriacCore

/// The drawing of calls that were sent, with their states.
extension CanvasGraph {
    /// Draws what came before what, then what the calls have sent: callbacks, next steps, calls of their own.
    ///
    /// A call stands for itself once, by its task's name where that is known; groups are drawn as their members.
    ///
    /// - Parameters:
    ///   - results: of canvases that were sent.
    ///   - records: of their calls and of what these have sent, as far as known; the rest has the state UNKNOWN.
    public init(_ results: [CanvasResult], records: [TaskID: TaskRecord]) {
        self.init()
        var sketch = Sketch(records: records)
        for result in results { _ = sketch.add(result) }
        sketch.addChildren()
        self = sketch.graph
    }
}

/// A drawing of results in the making.
private struct Sketch {
    let records: [TaskID: TaskRecord]
    var graph = CanvasGraph()
    private var places: [TaskID: Int] = [:]
    /// In the order of their places.
    private var ids: [TaskID] = []
    private var edges: Set<CanvasGraph.Edge> = []

    init(records: [TaskID: TaskRecord]) { self.records = records }

    /// - Returns: where it starts, and where it ends.
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

    /// What is sent in a circle ends, since each call is looked at once.
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
