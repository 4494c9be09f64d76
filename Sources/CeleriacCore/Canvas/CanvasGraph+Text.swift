/// The drawing as text for two programs that make pictures of it.
extension CanvasGraph {
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
            let label = "\"\(Self.mermaidEscaped(node.label))\""
            lines.append(node.shape == .group ? "    n\(place)([\(label)])" : "    n\(place)[\(label)]")
        }
        for edge in edges {
            let arrow = edge.label.map { "-->|\"\(Self.mermaidEscaped($0))\"|" } ?? "-->"
            lines.append("    n\(edge.from) \(arrow) n\(edge.to)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A directed graph in DOT, for Graphviz.
    public var dot: String {
        var lines = ["digraph canvas {", "    rankdir=LR;"]
        for (place, node) in nodes.enumerated() {
            let shape = node.shape == .group ? "ellipse" : "box"
            lines.append("    n\(place) [label=\"\(Self.dotEscaped(node.label))\", shape=\(shape)];")
        }
        for edge in edges {
            let label = edge.label.map { " [label=\"\(Self.dotEscaped($0))\"]" } ?? ""
            lines.append("    n\(edge.from) -> n\(edge.to)\(label);")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    /// Names are anybody's text: what Mermaid, or the HTML that it makes, would read as more becomes an entity.
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
