public import CeleriacCore

/// A canvas, or the tree of its results, as a drawing. Pure.
///
/// Nodes are numbered in the order of the canvas, so equal canvases produce equal texts.
public struct CanvasGraph: Sendable, Hashable {
    public struct Node: Sendable, Hashable {
        public enum Shape: Sendable, Hashable { case call, group }

        public var label: String
        public var shape: Shape
        /// The state of a result when it was read; `nil` in a drawing of a canvas. It is written below the label and
        /// sets the node's colour.
        public var state: TaskState?
    }

    public struct Edge: Sendable, Hashable {
        public var from: Int
        public var to: Int
        public var label: String?
    }

    public internal(set) var nodes: [Node] = []
    public internal(set) var edges: [Edge] = []

    public init() {}

    // MARK: Of a canvas

    /// Draws the dependencies: a chain as a row, a chord's header leading to its body, links and errbacks with labels.
    ///
    /// - Throws: ``CeleriacError`` with code `tooLarge` beyond the limits.
    public init(_ canvas: CanvasSignature, limits: CanvasLimits = CanvasLimits()) throws {
        try limits.check(canvas)
        _ = add(canvas, after: [])
    }

    /// - Parameter before: the nodes that must end before it starts.
    /// - Returns: the nodes at whose end it is complete.
    private mutating func add(_ signature: CanvasSignature, after before: [Int], label: String? = nil) -> [Int] {
        var ends: [Int]
        switch signature.work {
        case .call(let task, _): ends = [add(Node(label: task.rawValue, shape: .call), after: before, label)]
        case .map(let task, _, let isStarred):
            ends = [
                add(Node(label: "\(isStarred ? "starmap" : "map") \(task.name)", shape: .call), after: before, label)
            ]
        case .chunks(let task, _, let size):
            ends = [add(Node(label: "chunks of \(size) \(task.name)", shape: .group), after: before, label)]
        case .chain(let steps):
            ends = before
            for (place, step) in steps.enumerated() { ends = add(step, after: ends, label: place == 0 ? label : nil) }
        case .group(let members): ends = members.flatMap { add($0, after: before, label: label) }
        case .chord(let chord):
            ends = chord.header.flatMap { add($0, after: before, label: label) }
            if let body = chord.body { ends = add(body, after: ends.isEmpty ? before : ends) }
        }
        for link in signature.options.links { _ = add(link, after: ends, label: "link") }
        for errback in signature.options.errbacks { _ = add(errback, after: ends, label: "error") }
        return ends
    }

    // MARK: Of results

    /// Draws results by their ids: parents lead to the results that followed them, groups to their members.
    public init(_ result: CanvasResult) { _ = add(result) }

    private mutating func add(_ result: CanvasResult) -> Int {
        let node = add(Node(label: result.id.rawValue, shape: result.members == nil ? .call : .group), after: [], nil)
        for member in result.members ?? [] { edges.append(Edge(from: node, to: add(member), label: nil)) }
        var child = node
        for parent in result.parents {
            let before = add(parent)
            edges.append(Edge(from: before, to: child, label: nil))
            child = before
        }
        return node
    }

    /// Draws the calls that a call has sent, and the calls that those have sent.
    ///
    /// - Parameter children: the children of a call; called once for each id, so that a cycle ends.
    public init(_ root: TaskID, children: (TaskID) -> [ResultNode]) {
        var known: [TaskID: Int] = [root: add(Node(label: root.rawValue, shape: .call), after: [], nil)]
        var pending = [ResultNode(root)]
        var next = 0
        while next < pending.count {
            let parent = pending[next]
            next += 1
            guard let from = known[parent.id] else { continue }
            for child in parent.members ?? children(parent.id) {
                if let to = known[child.id] {
                    edges.append(Edge(from: from, to: to, label: nil))
                    continue
                }
                let shape: Node.Shape = child.members == nil ? .call : .group
                known[child.id] = add(Node(label: child.id.rawValue, shape: shape), after: [from], nil)
                pending.append(child)
            }
        }
    }

    mutating func add(_ node: Node, after before: [Int], _ label: String?) -> Int {
        nodes.append(node)
        let place = nodes.count - 1
        edges += before.map { Edge(from: $0, to: place, label: label) }
        return place
    }
}

extension CanvasSignature {
    fileprivate var name: String { if case .call(let task, _) = work { task.rawValue } else { "…" } }
}
