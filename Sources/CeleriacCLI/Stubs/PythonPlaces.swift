import CeleriacClient
import Celeriac

/// Places each task in a Python module. A dotted name is a path: `tasks.add` becomes the attribute `add` of the class
/// `tasks`.
///
/// The place of a task does not depend on the names of other tasks, unless two names differ only in characters that
/// Python does not allow.
struct PythonPlaces {
    /// A class for each task, at the top level of the module, where no attribute hides a type. Nested tasks come first.
    private(set) var classes: [String] = []
    /// The definitions of the first components of the names.
    private(set) var roots: [String] = []
    private var names = PythonNames(reserved: PythonModule.names)

    /// - Parameter tasks: tasks with different names.
    init(_ tasks: [TaskDescription]) {
        var root = Node()
        for task in tasks {
            root.add(
                task, task.name.rawValue.split(separator: ".", omittingEmptySubsequences: false).map(String.init)[...])
        }
        let children = root.sorted.map { (names.take($0.key), $0.value) }
        for (name, child) in children { roots.append(lines(of: child, [name]).joined(separator: "\n")) }
    }

    /// Returns the lines that define the node's name in the enclosing scope.
    private mutating func lines(of node: Node, _ path: [String]) -> [String] {
        let name = path.last ?? ""
        guard let task = node.task else { return ["class \(name):"] + members(of: node, path, reserved: []).indented }
        let type = names.take("_" + path.joined(separator: "__"))
        let python = PythonTask(task)
        let below = members(of: node, path, reserved: PythonTask.members)
        let body = python.body + (below.isEmpty ? [] : [""] + below)
        classes.append((["class \(type)(_Task[\(python.annotation)]):"] + body.indented).joined(separator: "\n"))
        return ["\(name) = \(type)()"]
    }

    private mutating func members(of node: Node, _ path: [String], reserved: Set<String>) -> [String] {
        var scope = PythonNames(reserved: reserved)
        let children = node.sorted.map { (scope.take($0.key), $0.value) }
        return children.flatMap { lines(of: $1, path + [$0]) }
    }

    /// The tasks as a tree, by the components of their names.
    private struct Node {
        var task: TaskDescription?
        var children: [String: Node] = [:]

        var sorted: [(key: String, value: Node)] {
            children.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
        }

        mutating func add(_ task: TaskDescription, _ path: ArraySlice<String>) {
            guard let first = path.first else { return self.task = task }
            children[first, default: Node()].add(task, path.dropFirst())
        }
    }
}

extension [String] {
    fileprivate var indented: [String] { map { $0.isEmpty ? "" : "    \($0)" } }
}
