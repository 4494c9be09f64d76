import CeleriacCore

/// Writes the drawing as text for two programs that render it.
extension CanvasGraph {
    /// A text format for drawings.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// A flowchart for Mermaid; GitHub and many wikis show it as a picture.
        case mermaid
        /// DOT, for Graphviz.
        case graphviz
    }

    public func text(_ format: Format) -> String {
        switch format {
        case .mermaid: mermaid
        case .graphviz: dot
        }
    }

    /// A flowchart for Mermaid, left to right.
    ///
    /// ```
    /// flowchart LR
    ///     n0["tasks.fetch"]
    ///     n1["tasks.resize"]
    ///     n0 --> n1
    /// ```
    public var mermaid: String {
        var lines = ["flowchart LR"]
        for (place, node) in nodes.enumerated() {
            let state = node.state.map { "<br/>\(Self.mermaidEscaped($0.rawValue))" } ?? ""
            let label = "\"\(Self.mermaidEscaped(node.label))\(state)\""
            let shape = node.shape == .group ? "([\(label)])" : "[\(label)]"
            lines.append("    n\(place)\(shape)\(node.state.map { ":::\($0.tint)" } ?? "")")
        }
        for edge in edges {
            let arrow = edge.label.map { "-->|\"\(Self.mermaidEscaped($0))\"|" } ?? "-->"
            lines.append("    n\(edge.from) \(arrow) n\(edge.to)")
        }
        let tints = Set(nodes.compactMap { $0.state?.tint })
        lines += StateTint.allCases.filter(tints.contains).map { "    classDef \($0) fill:\($0.rawValue)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A directed graph in DOT, for Graphviz.
    public var dot: String {
        var lines = ["digraph canvas {", "    rankdir=LR;"]
        for (place, node) in nodes.enumerated() {
            let shape = node.shape == .group ? "ellipse" : "box"
            let state = node.state.map { "\\n\(Self.dotEscaped($0.rawValue))" } ?? ""
            let fill = node.state.map { ", style=filled, fillcolor=\"\($0.tint.rawValue)\"" } ?? ""
            lines.append("    n\(place) [label=\"\(Self.dotEscaped(node.label))\(state)\", shape=\(shape)\(fill)];")
        }
        for edge in edges {
            let label = edge.label.map { " [label=\"\(Self.dotEscaped($0))\"]" } ?? ""
            lines.append("    n\(edge.from) -> n\(edge.to)\(label);")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    /// Names may be any text: characters with a meaning in Mermaid, or in the HTML that it produces, become entities.
    static func mermaidEscaped(_ text: String) -> String {
        shortened(text).unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", " ", ".", ",", "_", "-", ":", "/", "…":
                escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: escaped += " "
            case _ where scalar.isASCII: escaped += "#\(scalar.value);"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }

    static func dotEscaped(_ text: String) -> String {
        shortened(text).unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "\"", "\\":
                escaped += "\\"
                escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }

    private static func shortened(_ text: String) -> String { text.count > 120 ? text.prefix(119) + "…" : text }
}

/// The colours of states.
private enum StateTint: String, CaseIterable {
    case waiting = "#f2f2f2"
    case running = "#d6e6fa"
    case retrying = "#fbe6c8"
    case succeeded = "#d5f0d9"
    case failed = "#f7d4d4"
    case revoked = "#d9d2e9"
}

extension TaskState {
    fileprivate var tint: StateTint {
        switch self {
        case .unknown, .pending, .received: .waiting
        case .retry: .retrying
        case .success: .succeeded
        case .failure, .rejected: .failed
        case .revoked: .revoked
        // Started, or a custom state of the task.
        default: .running
        }
    }
}
