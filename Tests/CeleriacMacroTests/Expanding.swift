@testable import CeleriacExpansion
import SwiftParser
import SwiftSyntax
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros
import SwiftSyntaxMacrosGenericTestSupport
import Testing

private let conformance = TypeSyntax(IdentifierTypeSyntax(name: .identifier("TaskContainer")))
private let macros = [
    "Task": MacroSpec(type: TaskPeers.self), "RemoteTask": MacroSpec(type: WholeRemoteTask.self),
    "TaskContainer": MacroSpec(type: TaskContainerExtension.self, conformances: [conformance]),
]
/// Where the peers complain the body has nothing to say.
private let complaining = macros.merging(["RemoteTask": MacroSpec(type: RemoteTaskPeers.self)]) { $1 }

/// Both roles of `@RemoteTask`, as the plug-in has them.
private enum WholeRemoteTask: PeerMacro, BodyMacro {
    static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        try RemoteTaskPeers.expansion(of: node, providingPeersOf: declaration, in: context)
    }

    static func expansion(
        of node: AttributeSyntax,
        providingBodyFor declaration: some DeclSyntaxProtocol & WithOptionalCodeBlockSyntax,
        in context: some MacroExpansionContext
    ) throws -> [CodeBlockItemSyntax] {
        try RemoteTaskBody.expansion(of: node, providingBodyFor: declaration, in: context)
    }
}

/// Expands the macros in a source of the module `Demo` and compares the whole text.
func expectExpansion(of source: String, _ expanded: String, at location: Testing.SourceLocation = #_sourceLocation) {
    assertMacroExpansion(source, expandedSource: expanded, macroSpecs: macros, testModuleName: "Demo") { failure in
        Issue.record("\(failure.message)", sourceLocation: location)
    }
}

/// The source with its peers, as text.
func expansion(of source: String) -> String { expansionAndComplaints(of: source).text }

/// The source with its peers, as text, and the number of complaints about it.
func expansionAndComplaints(of source: String) -> (text: String, complaints: Int) {
    let file = Parser.parse(source: source)
    let context = BasicMacroExpansionContext(
        sourceFiles: [file: .init(moduleName: "Demo", fullFilePath: "Demo/test.swift")])
    let text = file.expand(
        macroSpecs: macros,
        contextGenerator: { node in
            BasicMacroExpansionContext(sharingWith: context, lexicalContext: node.allMacroLexicalContexts())
        }
    ).description
    return (text, context.diagnostics.count)
}

/// Expects one complaint and no peers.
///
/// - Parameters:
///   - marked: the source, with `•` where the complaint is to point.
///   - conforming: the type that becomes a task container all the same.
func expectComplaint(
    _ complaint: TaskComplaint, in marked: String, fix: TaskFixIt? = nil, fixed: String? = nil,
    conforming: String? = nil, at location: Testing.SourceLocation = #_sourceLocation
) {
    let before = marked.prefix { $0 != "•" }.split(separator: "\n", omittingEmptySubsequences: false)
    let source = marked.filter { $0 != "•" }
    let spec = DiagnosticSpec(
        message: complaint.message, line: before.count, column: (before.last?.count ?? 0) + 1,
        fixIts: fix.map { [FixItSpec(message: $0.message)] } ?? []
    )
    let bare = source.replacing(/@(Remote)?Task(Container)?(\(.*"\)|\([^()]*\))?\s+/, with: "")
    let conformance = conforming.map { "\n\nextension \($0): Celeriac::TaskContainer {\n}" } ?? ""
    assertMacroExpansion(
        source, expandedSource: bare + conformance,
        diagnostics: [spec], macroSpecs: complaining,
        fixedSource: fixed, testModuleName: "Demo"
    ) { failure in
        Issue.record("\(failure.message)", sourceLocation: location)
    }
}
