import CeleriacCanvas
import CeleriacCore
import Testing

@Suite("Drawings of canvases")
struct CanvasGraphTests {
    private let a = Sample.call("a")
    private let b = Sample.call("b")

    @Test("a chord is what its header leads to")
    func drawsChord() throws {
        let graph = try CanvasGraph(.chain([a, .chord([a, b], body: b.linkedOnError(to: a))]))
        #expect(
            graph.mermaid == """
                flowchart LR
                    n0["a"]
                    n1["a"]
                    n2["b"]
                    n3["b"]
                    n4["a"]
                    n0 --> n1
                    n0 --> n2
                    n1 --> n3
                    n2 --> n3
                    n3 -->|"error"| n4

                """)
        #expect(graph.dot.contains("n3 -> n4 [label=\"error\"];") && graph.dot.hasPrefix("digraph canvas {"))
    }

    @Test("labels cannot break out of the drawing")
    func escapes() throws {
        let hostile = Sample.call(TaskName("a\"]; click n0 \"javascript:x\"\n<script>\\"))
        let graph = try CanvasGraph(hostile)
        let mermaid = graph.mermaid
        #expect(mermaid.split(separator: "\n").count == 2 && !mermaid.contains("<") && !mermaid.contains("\\"))
        #expect(mermaid.filter { $0 == "\"" }.count == 2)
        #expect(graph.dot.contains(#"label="a\"]; click n0 \"javascript:x\" <script>\\""#))
    }

    @Test("results are drawn with their groups and parents")
    func drawsResults() throws {
        let result = try Sample.plan(.chain([a, .group([a, b]), b])).results[0]
        let graph = CanvasGraph(result)
        #expect(graph.nodes.count == 5 && graph.edges.count == 4)
        #expect(graph.nodes.filter { $0.shape == .group }.count == 1)
    }

    @Test("children are drawn once, even where they send each other in a circle")
    func drawsChildren() {
        let graph = CanvasGraph("r") { id in
            id == "r" ? [ResultNode("x"), ResultNode("g", members: [ResultNode("y")])] : [ResultNode("r")]
        }
        #expect(graph.nodes.count == 4 && graph.edges.count == 5)
    }
}
