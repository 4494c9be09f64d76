/// The rules of the house, applied to source files. `docs/architecture.md`, section 1, draws the same floors.
struct House {
    /// The targets of each floor, the lowest first. A target imports targets of lower floors only.
    let floors: [[String]]

    private func floor(of target: String) -> Int? { floors.firstIndex { $0.contains(target) } }

    /// The imports that run upward or sideways, and the targets that have no floor.
    func trespasses(of files: [SourceFile]) -> [String] {
        let targets = Set(files.map(\.target))
        let homeless = targets.filter { floor(of: $0) == nil }.sorted().map { "\($0) has no floor" }
        let upward = files.flatMap { file in
            file.imports.filter { targets.contains($0) && $0 != file.target }.sorted().compactMap { other -> String? in
                guard let from = floor(of: file.target), let to = floor(of: other), to >= from else { return nil }
                return "\(file.target) (floor \(from)) imports \(other) (floor \(to))"
            }
        }
        return homeless + Set(upward).sorted()
    }

    /// Circles of targets.
    static func circlesOfTargets(in files: [SourceFile]) -> [String] {
        let targets = Set(files.map(\.target))
        var graph = Graph()
        for file in files {
            for other in file.imports.intersection(targets) { graph.add(file.target, other, because: "import") }
        }
        return graph.circles
    }

    /// Circles of folders: of those side by side in a target, and of those side by side in each of its folders.
    ///
    /// The files directly in a target hold its facade, which every folder may extend; they are in no folder.
    static func circlesOfFolders(in files: [SourceFile]) -> [String] {
        Dictionary(grouping: files, by: \.target).sorted { $0.key < $1.key }.flatMap { target, files in
            circles(in: files, at: 0, below: target)
        }
    }

    private static func circles(in files: [SourceFile], at depth: Int, below path: String) -> [String] {
        let rooms = Dictionary(grouping: files.filter { $0.folders.count > depth }) { $0.folders[depth] }
        var homes: [String: Set<String>] = [:]
        for (room, files) in rooms {
            for name in files.flatMap(\.declared) { homes[name, default: []].insert(room) }
        }
        var graph = Graph()
        for (room, files) in rooms {
            for name in files.flatMap(\.used) {
                for home in homes[name] ?? [] { graph.add("\(path)/\(room)", "\(path)/\(home)", because: name) }
            }
        }
        return graph.circles
            + rooms.sorted { $0.key < $1.key }.flatMap { circles(in: $1, at: depth + 1, below: "\(path)/\($0)") }
    }
}
